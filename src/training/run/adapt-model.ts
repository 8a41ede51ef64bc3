/** `facenet train --from MODEL`: trains a linear head for an existing network on the user's own faces. */
import { type FaceImages, type ImagePlace, imageSources, placeName } from "../../datasets/face-images.ts";
import { FaceNetError, failureOf } from "../../errors.ts";
import type { LookOptions } from "../../faces/facenet.ts";
import type { RunContext } from "../../faces/run-context.ts";
import { appendHead, writeModelFolder } from "../../models/model-folder.ts";
import { locateModel, readModelFile } from "../../models/model-store.ts";
import type { TrainingConfiguration } from "../../schemas/training.ts";
import { heldOutFigures, measuredFaces, thresholdsOf } from "../held-out.ts";
import { embedWithHead, type LinearHead, trainLinearHead } from "../linear-head.ts";
import { baseModel } from "./base-network.ts";
import type { PreparedFaces } from "./prepare-faces.ts";
import { type Trained, tagOf } from "./train-from-scratch.ts";
import { splitPeople } from "./training-faces.ts";
import type { TrainingFolder } from "./training-folder.ts";
import { progressOf, TrainingLog } from "./training-log.ts";

/** Defaults for training a head. Steps are cheap, because faces are embedded once. */
export const headDefaults = { steps: 300, imagesPerPerson: 10, learningRate: 0.002 } as const;

export type AdaptSettings = LookOptions & {
  /** Base model. */
  readonly from: string;
  /** Dimensions of the embedding. */
  readonly size: number;
  readonly configuration: TrainingConfiguration;
  readonly files: TrainingFolder;
  readonly detector: string;
  readonly evaluateEvery: number;
};

/**
 * @throws FaceNetError MODEL_NOT_FOUND, FACES_UNUSABLE, OPTION_INVALID for a head larger than the embedding; the signal's reason
 */
export async function adaptModel(
  photographs: FaceImages,
  { from, size, configuration, files, detector, evaluateEvery, ...look }: AdaptSettings,
  { load, signal, onProgress }: RunContext,
): Promise<Trained & { readonly skipped: PreparedFaces["skipped"] }> {
  const name = await baseModel(from);
  const base = await locateModel("embedding", name);
  const { size: inputs } = base.manifest.embedding;
  if (size > inputs) {
    const reason = `must be at most ${inputs}, the dimensions of ${base.manifest.id}, got ${size}`;
    throw new FaceNetError("OPTION_INVALID", { option: "head", reason });
  }
  const facenet = await load({ model: name, detector });
  const { images } = photographs;
  const features = new Float32Array(images.length * inputs);
  const skipped: PreparedFaces["skipped"][number][] = [];
  const found = new Set<number>();
  for await (const item of facenet.embed(imageSources(images), { ...look, faces: "central", signal, onProgress })) {
    const embedding = item.ok ? item.value.faces[0]?.embedding : undefined;
    if (embedding) {
      features.set(embedding.vector, item.index * inputs);
      found.add(item.index);
    } else if (!item.ok) {
      const image = placeName(images[item.index] as ImagePlace);
      skipped.push({ image, ...failureOf(item.error) });
    }
  }
  const usable = {
    ...photographs,
    imagesOfPeople: photographs.imagesOfPeople.map((own) => own.filter((image) => found.has(image))),
  };
  const split = splitPeople(usable, configuration.heldOut, configuration.seed);
  const chosen = measuredFaces((split.heldOut ?? split.trained).imagesOfPeople);
  const labels = Uint32Array.from(chosen, ({ person }) => person);
  const log = await TrainingLog.open(files.log, 0);
  const gathered = new Float32Array(chosen.length * inputs);
  for (const [row, { image }] of chosen.entries())
    gathered.set(features.subarray(image * inputs, (image + 1) * inputs), row * inputs);
  const evaluate = async (step: number, vectors: Float32Array, dimensions: number): Promise<void> => {
    if (split.heldOut) await log.add({ kind: "held-out", ...heldOutFigures(vectors, dimensions, labels, step) });
  };

  await evaluate(0, gathered, inputs); // the base network, all dimensions
  const started = performance.now();
  const head = await trainLinearHead({
    features,
    inputs,
    rowsOfPeople: split.trained.imagesOfPeople,
    size,
    configuration,
    signal,
    now: () => performance.now(),
    async onStep(line, current) {
      await log.add({ kind: "step", ...line });
      if (line.step % evaluateEvery === 0 && line.step < configuration.steps)
        await evaluate(line.step, embedWithHead(current, gathered).embeddings, size);
      const elapsedMs = performance.now() - started;
      const perSecond = (1000 * line.step) / elapsedMs;
      onProgress(progressOf(line, { steps: configuration.steps, perSecond, elapsedMs, lines: log.lines, advice: undefined }));
      await new Promise((resolve) => setImmediate(resolve)); // lets Ctrl-C be handled
    },
  });
  const vectors = embedWithHead(head, gathered).embeddings;
  await evaluate(configuration.steps, vectors, size);

  const { codeScale, ...decisions } = thresholdsOf(vectors, size, labels);
  const { task: _, model, measured: __, thresholds: ___, probability: ____, calibration: _____, ...manifest } = base.manifest;
  const whose = split.heldOut
    ? "held out of the training"
    : "it was trained on, so its rates are optimistic: too few people to hold any out";
  const description = {
    ...manifest,
    ...decisions,
    id: `${base.manifest.id.split(".")[0]}.${tagOf(files.folder)}`,
    summary: `${base.manifest.id} with a linear head to ${size} dimensions, trained on ${split.trained.people.length} people`,
    origin: {
      ...manifest.origin,
      training: `${manifest.origin.training}; head: triplet loss on ${split.trained.people.length} people, own training`,
    },
    embedding: { ...manifest.embedding, size, codeScale, compared: "bytes" as const },
    calibratedOn: `all pairs of ${labels.length} faces of ${new Set(labels).size} people ${whose}`,
    measured: [],
  };
  const bytes = appendHead(await readModelFile(base, model), scaledToUnitRows(head));
  const written = await writeModelFolder(files.folder, description, bytes);
  return { manifest: written, steps: configuration.steps, split, lines: log.lines, skipped };
}

/** Rescales the rows to unit length; the directions stay the same. */
function scaledToUnitRows({ size, inputs, weights }: LinearHead): LinearHead {
  const length = Math.sqrt(weights.reduce((sum, value) => sum + value * value, 0) / size);
  return { size, inputs, weights: weights.map((value) => value / length) };
}
