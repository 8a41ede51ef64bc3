/** A pipeline in this thread: the work of a FaceNet worker, without messages between threads. */

import { FacePipeline, type PipelineJob } from "../src/faces/face-pipeline.ts";
import { lookDefaults } from "../src/faces/facenet.ts";
import { locateModel, readModelFile } from "../src/models/model-store.ts";
import type { ImageSource } from "../src/schemas/image-source.ts";

export async function loadPipeline(detectorId?: string): Promise<FacePipeline> {
  const embedding = await locateModel("embedding");
  const detection = await locateModel("detection", detectorId);
  const networks: Record<string, Uint8Array> = {};
  for (const [role, file] of Object.entries(detection.manifest.networks)) networks[role] = await readModelFile(detection, file);
  const bytes = await readModelFile(embedding, embedding.manifest.model);
  const models = { embedding: { manifest: embedding.manifest, bytes }, detection: { manifest: detection.manifest, networks } };
  return FacePipeline.create({ ...models, device: "cpu" }, 1);
}

/** A job with the default options. */
export function defaultJob(
  source: ImageSource,
  until: PipelineJob["until"],
  minFaceSize: number = lookDefaults.minFaceSize,
): PipelineJob {
  return { ...lookDefaults, source, until, minFaceSize, faces: "all", aligned: false };
}
