/** Grouping of faces for calibration: which pairs of faces are of one person, or of the same two people. */
import { clusterInThread } from "../clustering/cluster-faces.ts";
import type { Constraints } from "../clustering/constraints.ts";
import { decodeBytes, encodeBytes } from "../metric/byte-code.ts";
import { normalize } from "../metric/distance.ts";
import { knnGraph } from "../search/knn-graph.ts";

export const NOBODY = -1;

/** Parallel arrays. */
export type CodedFaces = {
  readonly codes: readonly Int8Array[];
  readonly photographs: readonly number[];
  /** the person of the gallery that each face belongs to, or `NOBODY` */
  readonly people: readonly number[];
  readonly dimensions: number;
  readonly codeScale: number;
  /** constraints from corrections, by index */
  readonly said?: Pick<Constraints, "mustLink" | "cannotLink" | "rejections">;
};

const NEIGHBOURS = 20;
/** Maximum number of joining rounds. */
const ROUNDS = 3;

/** Mean squared L2 up to which groups are joined: unconditionally, and unless a photograph shows both. */
export type JoinUpTo = { readonly surely: number; readonly likely: number };

/**
 * People of the gallery, and clusters of the unassigned faces. Two faces of one photograph are not assumed to be two people here:
 * a mirror, a collage or a contact sheet would split everybody it shows twice. A burst with more faces of a person than the graph
 * has neighbours forms a separate group; so groups are clustered again by their means until nothing changes.
 *
 * @returns [n] group of each face; -1 for a single face
 * @throws the signal's reason
 */
export async function groupsOf(faces: CodedFaces, { surely, likely }: JoinUpTo, signal?: AbortSignal): Promise<Int32Array> {
  const { codes, photographs, people, dimensions, codeScale, said = {} } = faces;
  if (people.every((person) => person !== NOBODY)) return Int32Array.from(people);
  const vectors = codes.map((code) => normalize(decodeBytes(code, codeScale)));
  const fixed = Int32Array.from(people);
  let groups = await clustered(
    { codes, vectors, dimensions },
    { thresholdSquaredL2: surely, constraints: { fixed, ...said } },
    signal,
  );
  for (const [thresholdSquaredL2, unlessTogether] of [
    [surely, false],
    [likely, true],
  ] as const)
    for (let round = 0; round < ROUNDS; round++) {
      const members = [...Map.groupBy(groups.keys(), (face) => (groups[face] === NOBODY ? -1 - face : groups[face])).values()];
      const means = members.map((own) => meanOf(own.map((face) => vectors[face] as Float32Array)));
      const memberOf = new Int32Array(groups.length);
      for (const [i, own] of members.entries()) for (const face of own) memberOf[face] = i;
      const apart = (said.cannotLink ?? []).map(([a, b]) => [memberOf[a] as number, memberOf[b] as number] as const);
      const constraints = {
        fixed: Int32Array.from(
          members,
          (own) => people[own.find((face) => people[face] !== NOBODY) ?? (own[0] as number)] as number,
        ),
        cannotLink: [...apart, ...(unlessTogether ? seenTogether(members, photographs) : [])],
        rejections: (said.rejections ?? []).map(({ face, person }) => ({ face: memberOf[face] as number, person })),
      };
      const meanCodes = means.map((mean) => encodeBytes(normalize(mean.slice()), codeScale));
      const joined = await clustered(
        { codes: meanCodes, vectors: means, dimensions },
        { thresholdSquaredL2, constraints },
        signal,
      );
      const next = new Int32Array(groups.length).fill(NOBODY);
      const counts = new Map<number, number>();
      for (const [i, own] of members.entries())
        counts.set(joined[i] as number, (counts.get(joined[i] as number) ?? 0) + own.length);
      for (const [i, own] of members.entries())
        for (const face of own) if ((counts.get(joined[i] as number) as number) > 1) next[face] = joined[i] as number;
      groups = next;
      if (counts.size === members.length) break;
    }
  return groups;
}

async function clustered(
  { codes, vectors, dimensions }: Pick<CodedFaces, "codes" | "dimensions"> & { readonly vectors: readonly Float32Array[] },
  options: { readonly thresholdSquaredL2: number; readonly constraints: Constraints },
  signal?: AbortSignal,
): Promise<Int32Array> {
  const all = new Int8Array(codes.length * dimensions);
  const rows = new Float32Array(codes.length * dimensions);
  for (const [i, code] of codes.entries()) {
    all.set(code, i * dimensions);
    rows.set(vectors[i] as Float32Array, i * dimensions);
  }
  const graph = await knnGraph(all, { dimensions, k: NEIGHBOURS, ...(signal && { signal }) });
  return clusterInThread({ graph, vectors: rows, options: { algorithm: "agglomerative", seed: 1, ...options } }, signal);
}

/** Pairs of groups that occur in one photograph. */
function seenTogether(members: readonly (readonly number[])[], photographs: readonly number[]): [number, number][] {
  const shown = new Map<number, Set<number>>();
  for (const [group, own] of members.entries())
    for (const face of own) {
      const photograph = photographs[face] as number;
      const groups = shown.get(photograph);
      if (groups) groups.add(group);
      else shown.set(photograph, new Set([group]));
    }
  const pairs = new Map<string, [number, number]>();
  for (const groups of shown.values()) {
    const list = [...groups];
    for (const [i, a] of list.entries()) for (const b of list.slice(i + 1)) pairs.set(a < b ? `${a} ${b}` : `${b} ${a}`, [a, b]);
  }
  return [...pairs.values()];
}

/** Not of unit length: the mean distance of the pairs of two groups is 2 - 2 (mean · mean). */
function meanOf(vectors: readonly Float32Array[]): Float32Array {
  const mean = new Float32Array(vectors[0]?.length ?? 0);
  for (const vector of vectors)
    for (let k = 0; k < mean.length; k++) mean[k] = (mean[k] as number) + (vector[k] as number) / vectors.length;
  return mean;
}
