/**
 * Distillation into a trained network. Few faces do not suffice to move a network into its teacher's space without losing what it
 * knows of other people, so its own embedding is part of the target: both are centred, concatenated and reduced to their principal
 * components. The student starts with a linear layer to these, by ridge regression.
 */
import { fullyConnected } from "../../engine/graph/layers/fully-connected.ts";
import { l2Normalisation } from "../../engine/graph/layers/normalisation.ts";
import type { Network, Parameters } from "../../engine/graph/network.ts";
import { normalize } from "../../metric/distance.ts";
import { fitLinearMap } from "../../metric/linear-map.ts";
import { principalComponents, project } from "../../metric/principal-components.ts";

/** Dimensions of a student's embedding, by default. */
export const STUDENT_SIZE = 128;

const HEAD = "head";

/** Embeddings [images, size] of unit length by one model. */
export type ModelEmbeddings = { readonly vectors: Float32Array; readonly size: number };

/** The base network with a linear layer after its embedding; its initial values are those of {@link startStudent}. */
export function studentNetwork(network: Network, size: number): Network {
  return { ...network, layers: [...network.layers, fullyConnected(HEAD, { outputs: size }), l2Normalisation(`${HEAD}.L2`)] };
}

export type StudentStart = {
  /** [images, size] of unit length */
  readonly targets: Float32Array;
  /** of the linear layer */
  readonly head: Parameters;
};

/**
 * @param base embeddings of the faces by the model that training starts from
 * @param teacher embeddings of the same faces
 * @param imagesOfPeople faces that means, components and the linear layer are fitted on
 * @param size dimensions of the student's embedding
 * @throws RangeError for more dimensions than both models have together, or fewer than two people
 */
export function startStudent(
  base: ModelEmbeddings,
  teacher: ModelEmbeddings,
  imagesOfPeople: readonly (readonly number[])[],
  size: number,
): StudentStart {
  const fitted = imagesOfPeople.flat();
  const [own, theirs] = [centred(base, fitted), centred(teacher, fitted)];
  const joint = own.map((vector, image) => Float32Array.of(...vector, ...(theirs[image] as Float32Array)));
  const mean = meanOf(joint, fitted);
  const offsets = joint.map((vector) => vector.map((value, i) => value - (mean[i] as number)));
  const directions = principalComponents(
    fitted.map((image) => offsets[image] as Float32Array),
    size,
  );
  const targets = new Float32Array(joint.length * size);
  for (const [image, vector] of offsets.entries()) targets.set(project(vector, directions), image * size);
  const pairs = imagesOfPeople.flatMap((images, group) =>
    images.map((image) => ({ from: row(base, image), to: row({ vectors: targets, size }, image), group })),
  );
  const { inputs, weights } = fitLinearMap(pairs);
  const weight = new Float32Array(inputs * size);
  for (let o = 0; o < size; o++) for (let i = 0; i < inputs; i++) weight[i * size + o] = weights[o * (inputs + 1) + i] as number;
  const bias = Float32Array.from({ length: size }, (_, o) => weights[o * (inputs + 1) + inputs] as number);
  const head = new Map([
    [`${HEAD}.weight`, weight],
    [`${HEAD}.bias`, bias],
  ]);
  return { targets, head };
}

function row({ vectors, size }: ModelEmbeddings, image: number): Float32Array {
  return vectors.subarray(image * size, (image + 1) * size);
}

/** All embeddings minus the mean of the fitted ones, at unit length. */
function centred(embeddings: ModelEmbeddings, fitted: readonly number[]): Float32Array[] {
  const rows = Array.from({ length: embeddings.vectors.length / embeddings.size }, (_, image) => row(embeddings, image));
  const mean = meanOf(rows, fitted);
  return rows.map((vector) => normalize(vector.map((value, i) => value - (mean[i] as number))));
}

function meanOf(rows: readonly Float32Array[], fitted: readonly number[]): Float64Array {
  const mean = new Float64Array(rows[0]?.length ?? 0);
  for (const image of fitted)
    for (const [i, value] of (rows[image] as Float32Array).entries()) mean[i] = (mean[i] as number) + value / fitted.length;
  return mean;
}
