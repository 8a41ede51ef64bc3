/** Validation on people held out of training: figures during training, thresholds of the finished model. */
import type { FaceImages, ImagePlace } from "../datasets/face-images.ts";
import { embeddingsOutput, imagesInput, inferenceModel, type NetworkPlan, type Parameters } from "../engine/graph/network.ts";
import { type FloatTensor, OnnxNetwork, type OnnxNetworkOptions } from "../engine/onnx-network.ts";
import { allPairsFigures, allPairsRoc } from "../evaluation/distance-histogram.ts";
import { fitProbabilityCurve } from "../evaluation/probability-curve.ts";
import { thresholdAtFar } from "../evaluation/roc.ts";
import { mirrorPlanes } from "../image/warp.ts";
import { decodeBytes, encodeBytes } from "../metric/byte-code.ts";
import { normalize } from "../metric/distance.ts";
import type { EmbeddingManifest } from "../schemas/model-manifest.ts";
import type { LogisticCurve } from "../schemas/threshold.ts";
import type { HeldOutResult } from "../schemas/training.ts";
import type { FaceLoader, LoadedFaces } from "./face-loader.ts";
import { chunksOf } from "./train-network.ts";

/** Maximum number of faces: all pairs of more would not fit into memory. */
const MOST_FACES = 4000;
const CHUNK = 16;
/** False accept rates at which VAL is measured. */
const VAL_FARS = [1e-2, 1e-3];

/** Faces preprocessed as in inference, held in memory. */
export type HeldOutFaces = {
  readonly loaded: LoadedFaces;
  /** [n] */
  readonly labels: Uint32Array;
  readonly people: number;
};

/**
 * Images on which figures are measured: the first ones of each person, at least two, up to the number of faces whose distances
 * fit into memory.
 */
export function measuredFaces(imagesOfPeople: FaceImages["imagesOfPeople"]): { image: number; person: number }[] {
  const each = Math.max(2, Math.floor(MOST_FACES / imagesOfPeople.length));
  return imagesOfPeople.slice(0, MOST_FACES / 2).flatMap((own, person) => own.slice(0, each).map((image) => ({ image, person })));
}

/** @param loader a loader without augmentation */
export async function loadHeldOut({ imagesOfPeople, images }: FaceImages, loader: FaceLoader): Promise<HeldOutFaces> {
  const chosen = measuredFaces(imagesOfPeople);
  const loaded = await loader.load(
    chosen.map(({ image }) => images[image] as ImagePlace),
    () => 0,
  );
  const labels = loaded.positions.map((position) => chosen[position]?.person as number);
  return { loaded, labels, people: new Set(labels).size };
}

/**
 * Embeddings [n, dimensions] of faces by the inference model, as in use.
 *
 * @param isMirrored adds the embedding of the mirrored face
 */
export async function embedHeldOut(
  plan: NetworkPlan,
  parameters: Parameters,
  { loaded }: HeldOutFaces,
  options: OnnxNetworkOptions,
  isMirrored = false,
): Promise<Float32Array> {
  const network = await OnnxNetwork.create(inferenceModel(plan, parameters), options);
  try {
    const vectors = new Float32Array(loaded.length * plan.dimensions);
    const {
      dimensions,
      network: { input },
    } = plan;
    const embed = async (images: FloatTensor): Promise<Float32Array> => {
      const { [embeddingsOutput]: embeddings } = await network.run({ [imagesInput]: images });
      return (embeddings as FloatTensor).data;
    };
    for (const [from, to] of chunksOf(loaded.length, CHUNK)) {
      const images = loaded.tensor(from, to);
      const rows = await embed(images);
      if (isMirrored) {
        const mirrored = await embed({ ...images, data: mirrorPlanes(images.data, input.width) });
        for (const [i, value] of mirrored.entries()) rows[i] = (rows[i] as number) + value;
        for (let at = 0; at < rows.length; at += dimensions) normalize(rows.subarray(at, at + dimensions));
      }
      vectors.set(rows, from * dimensions);
    }
    return vectors;
  } finally {
    await network.dispose();
  }
}

/**
 * @param vectors [n, size] of unit length
 * @param labels [n]
 */
export function heldOutFigures(vectors: Float32Array, size: number, labels: Uint32Array, step: number): HeldOutResult {
  const roc = allPairsRoc(vectors, size, labels);
  return { step, people: new Set(labels).size, faces: labels.length, ...allPairsFigures(roc, VAL_FARS) };
}

/** False accept rates of the thresholds, as far down as the number of pairs allows. */
const FARS = [1e-1, 1e-2, 1e-3, 1e-4, 1e-5];

/** Thresholds of a model, and the step of its byte codes. */
export type ModelThresholds = Pick<EmbeddingManifest, "thresholds"> & {
  readonly probability?: LogisticCurve;
  readonly codeScale: number;
};

/**
 * Thresholds and probability of a model, from faces it was not trained on. Distances are those of byte codes, which are what is
 * compared in use.
 *
 * @param vectors [n, size] of unit length
 * @param labels [n] person of each; at least two people, and two faces of one of them
 */
export function thresholdsOf(vectors: Float32Array, size: number, labels: ArrayLike<number>): ModelThresholds {
  // The last step is at four standard deviations of a component; the largest components of a learned embedding exceed that.
  const largest = vectors.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const codeScale = Number((Math.max(4 / Math.sqrt(size), Math.min(1, largest)) / 127).toPrecision(4));
  const coded = vectors.slice();
  for (let at = 0; at < coded.length; at += size) {
    const row = coded.subarray(at, at + size);
    row.set(normalize(decodeBytes(encodeBytes(row, codeScale), codeScale)));
  }
  const roc = allPairsRoc(coded, size, labels);
  const round = (value: number): number => Number(value.toFixed(4));
  const fars = FARS.filter((far, i) => i === 0 || far * roc.differentPairs >= 1);
  const curve = fitProbabilityCurve(roc);
  return {
    codeScale,
    thresholds: fars.map((far) => ({ far, distance: round(Math.max(0, thresholdAtFar(roc, far))) })),
    ...(curve && { probability: { midpoint: round(curve.midpoint), slope: round(curve.slope) } }),
  };
}
