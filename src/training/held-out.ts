/** What a network in training is worth on people that it is not trained on. */
import type { FaceImages, ImagePlace } from "../datasets/face-images.ts";
import { embeddingsOutput, imagesInput, inferenceModel, type NetworkPlan, type Parameters } from "../engine/graph/network.ts";
import { OnnxNetwork, type OnnxNetworkOptions } from "../engine/onnx-network.ts";
import { allPairsFigures, allPairsRoc } from "../evaluation/distance-histogram.ts";
import type { HeldOutResult } from "../schemas/training.ts";
import type { FaceLoader, LoadedFaces } from "./face-loader.ts";
import { chunksOf } from "./train-network.ts";

/** All pairs of more faces would not fit the memory. */
const MOST_FACES = 4000;
const CHUNK = 16;
const FARS = [1e-2, 1e-3];

/** Faces as they will be served, held in memory. */
export type HeldOutFaces = {
  readonly loaded: LoadedFaces;
  /** [n] */
  readonly labels: Uint32Array;
  readonly people: number;
};

/** @param loader one that changes nothing */
export async function loadHeldOut({ imagesOfPeople, images }: FaceImages, loader: FaceLoader): Promise<HeldOutFaces> {
  const each = Math.max(2, Math.floor(MOST_FACES / imagesOfPeople.length));
  const chosen = imagesOfPeople.flatMap((own, person) =>
    own.slice(0, each).map((image) => ({ person, place: images[image] as ImagePlace })),
  );
  const loaded = await loader.load(
    chosen.map(({ place }) => place),
    () => 0,
  );
  const labels = loaded.positions.map((position) => chosen[position]?.person as number);
  return { loaded, labels, people: new Set(labels).size };
}

/** Embeddings [n, dimensions] of faces by the inference model, as users of the model get them. */
export async function embedHeldOut(
  plan: NetworkPlan,
  parameters: Parameters,
  { loaded }: HeldOutFaces,
  options: OnnxNetworkOptions,
): Promise<Float32Array> {
  const network = await OnnxNetwork.create(inferenceModel(plan, parameters), options);
  try {
    const vectors = new Float32Array(loaded.length * plan.dimensions);
    for (const [from, to] of chunksOf(loaded.length, CHUNK)) {
      const { [embeddingsOutput]: embeddings } = await network.run({ [imagesInput]: loaded.tensor(from, to) });
      vectors.set((embeddings as { data: Float32Array }).data, from * plan.dimensions);
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
  return { step, people: new Set(labels).size, faces: labels.length, ...allPairsFigures(roc, FARS) };
}
