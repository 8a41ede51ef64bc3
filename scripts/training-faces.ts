/**
 * Embeds a folder of training faces (one sub-folder per person) and cleans the labels, for fitting heads and thresholds. Never
 * use an evaluation set.
 */
import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import type { FaceNet, MarkedPhotograph } from "../src/faces/facenet.ts";
import { decodeBytes } from "../src/metric/byte-code.ts";
import { normalize, squaredL2 } from "../src/metric/distance.ts";

export type TrainingFace = { readonly person: string; readonly vector: Float32Array };

/** Central face of each photograph, detected once for several models. Photographs without a face are left out. */
export async function detectCentral(facenet: FaceNet, files: Iterable<string>): Promise<MarkedPhotograph[]> {
  const marked: MarkedPhotograph[] = [];
  for await (const item of facenet.detect(files, { faces: "central" })) {
    if (item.ok) marked.push({ source: item.image, faces: item.value.faces });
  }
  return marked;
}

/** Files of a folder with one sub-folder per person, limited to the first `mostPeople` people. */
export async function trainingFiles(folder: string, mostPeople = Number.POSITIVE_INFINITY): Promise<string[]> {
  const files: string[] = [];
  for (const person of (await readdir(folder)).sort().slice(0, mostPeople)) {
    for (const file of (await readdir(join(folder, person))).sort()) files.push(join(folder, person, file));
  }
  return files;
}

/** Central faces of all pictures of the folder. `bytes` applies quantisation; `mostPeople` limits the number of people. */
export async function embedTrainingFaces(
  facenet: FaceNet,
  folder: string,
  { flip = false, bytes = false, mostPeople }: { flip?: boolean; bytes?: boolean; mostPeople?: number } = {},
): Promise<TrainingFace[]> {
  return embedMarked(facenet, await detectCentral(facenet, await trainingFiles(folder, mostPeople)), { flip, bytes });
}

/** Faces of photographs named PERSON/FILE with a detected central face. `bytes` applies quantisation. */
export async function embedMarked(
  facenet: FaceNet,
  marked: readonly MarkedPhotograph[],
  { flip, bytes = false }: { readonly flip?: boolean | undefined; readonly bytes?: boolean } = {},
): Promise<TrainingFace[]> {
  const faces: TrainingFace[] = [];
  for await (const item of facenet.embedFaces(marked, { flip })) {
    const embedding = item.ok ? item.value.faces[0]?.embedding : undefined;
    if (!embedding) continue;
    const vector = bytes ? normalize(decodeBytes(embedding.code, facenet.model.embedding.codeScale)) : embedding.vector;
    faces.push({ person: basename(join(item.image, "..")), vector });
  }
  return faces;
}

/**
 * Leaves out faces far from the rest of their person (wrong labels, wrong face of a crowd), and people who duplicate another
 * label's person. Both limits are generous: they cut between two separate distributions.
 *
 * @param outlier squared L2 from the person's mean direction
 * @param duplicate squared L2 between two people's mean directions
 */
export function cleaned(faces: readonly TrainingFace[], outlier: number, duplicate: number): TrainingFace[] {
  const kept: { face: TrainingFace[]; mean: Float32Array }[] = [];
  for (const own of Map.groupBy(faces, ({ person }) => person).values()) {
    let mean = medoid(own.map(({ vector }) => vector));
    let near = own;
    for (let round = 0; round < 3; round++) {
      const centre = mean;
      near = own.filter(({ vector }) => squaredL2(vector, centre) <= outlier);
      mean = meanDirection(near.map(({ vector }) => vector));
    }
    if (kept.every((other) => squaredL2(other.mean, mean) > duplicate)) kept.push({ face: near, mean });
  }
  return kept.flatMap(({ face }) => face);
}

function meanDirection(vectors: readonly Float32Array[]): Float32Array {
  const sum = new Float32Array(vectors[0]?.length ?? 0);
  for (const vector of vectors) for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + (vector[i] as number);
  return normalize(sum);
}

/** The vector whose median distance to the others is smallest. */
function medoid(vectors: readonly Float32Array[]): Float32Array {
  const medians = vectors.map((a) => vectors.map((b) => squaredL2(a, b)).sort((x, y) => x - y)[vectors.length >> 1] as number);
  return vectors[medians.indexOf(Math.min(...medians))] as Float32Array;
}
