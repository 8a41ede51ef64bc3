/** Detecting faces in photographs of 2 megapixels, decoding left out, on one thread as each worker does it. */
import type { FacePipeline } from "../src/faces/face-pipeline.ts";
import { lookDefaults } from "../src/faces/facenet.ts";
import { defaultJob, loadPipeline } from "./load-pipeline.ts";
import { type Bench, msEach, race, speedOf } from "./measure.ts";
import { readPixels, samplePaths } from "./samples.ts";

const detectors = ["ultraface.rfb-mtcnn", "mtcnn.face-api"];
const minFaceSizes = [lookDefaults.minFaceSize, 20];
const TARGET_MS = 60;

export const detection: Bench = async () => {
  const pictures = await readPixels(samplePaths);
  const pipelines = await Promise.all(detectors.map((id) => loadPipeline(id)));
  const detectAll = async (pipeline: FacePipeline, minFaceSize: number): Promise<void> => {
    for (const picture of pictures) await pipeline.run(defaultJob(picture, "detect", minFaceSize));
  };
  const nameOf = (detector: string, minFaceSize: number) => `${detector}, minFaceSize ${minFaceSize}`;
  const entries = detectors.flatMap((id, i) =>
    minFaceSizes.map((size) => [nameOf(id, size), () => detectAll(pipelines[i] as FacePipeline, size)] as const),
  );
  const lapsOf = await race(Object.fromEntries(entries), { rounds: 9 });
  await Promise.all(pipelines.map((pipeline) => pipeline.dispose()));
  const [first] = entries.map(([name]) => name);
  return entries.map(([name], i) => ({
    name,
    unit: "ms a photograph",
    value: msEach(lapsOf(name), pictures.length),
    ...(i === 0
      ? { target: { of: "value", limit: "at most", number: TARGET_MS } as const }
      : { speed: { times: speedOf(lapsOf(name), lapsOf(first ?? "")), as: "the default" } }),
  }));
};
