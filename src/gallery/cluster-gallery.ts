/** Clusters the faces of a gallery and assigns them to people. */
import { type ClusteringAlgorithm, clusterInThread } from "../clustering/cluster-faces.ts";
import type { Constraints } from "../clustering/constraints.ts";
import { type KnnGraph, withoutPairs } from "../clustering/knn-graph.ts";
import { stableLabels } from "../clustering/stable-labels.ts";
import { type Progress, steadyProgress } from "../faces/batch.ts";
import { decodeBytes } from "../metric/byte-code.ts";
import { normalize } from "../metric/distance.ts";
import type { CorrectionRecord, GalleryFace, GalleryIdentity } from "../schemas/gallery.ts";
import { knnGraph } from "../search/knn-graph.ts";
import type { Normalisation } from "./normalisation.ts";
import { correctionConstraints } from "./people/correction-constraints.ts";
import { photographDates, yearsApart } from "./people/years-apart.ts";
import type { GalleryStore, Regrouping } from "./store/gallery-store.ts";

/** Neighbours per face in the graph. More give the same clusters (docs/decisions/0005-clustering.md). */
const NEIGHBOURS = 20;
const NOBODY = -1;

export type ClusterGalleryOptions = {
  readonly algorithm: ClusteringAlgorithm;
  /** squared L2 up to which faces are one person */
  readonly threshold: number;
  /** the threshold is for distances normalised so */
  readonly normalisation?: Normalisation | undefined;
  /** smallest group that becomes a person */
  readonly minFaces: number;
  /** discard earlier clusters and regroup from corrections alone */
  readonly reset: boolean;
  /** photographs at least this far apart do not join faces; 0: dates do not matter */
  readonly years: number;
  readonly seed: number;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
};

/** @returns number of new people, and the journal entry; null if nothing changed */
export async function clusterGallery(
  store: GalleryStore,
  identity: GalleryIdentity,
  { algorithm, threshold, normalisation, minFaces, reset, years, seed, signal, onProgress }: ClusterGalleryOptions,
): Promise<{ readonly newPeople: number; readonly done: CorrectionRecord | null }> {
  const { dimensions } = identity;
  const { rows, codes } = await readFaces(store, dimensions);
  const count = steadyProgress("faces", rows.length, onProgress);
  const nearest = await knnGraph(codes, { dimensions, k: NEIGHBOURS, signal, onProgress: count });
  const graph = years > 0 ? await withinYears(store, nearest, rows, years) : nearest;
  const constraints = await constraintsOf(store, rows, reset);
  const owners = Int32Array.from(rows, ({ person }) => person ?? NOBODY);
  const previous = reset ? new Int32Array(rows.length).fill(NOBODY) : owners;
  const mayStart = Uint8Array.from(rows, ({ acceptable }) => (acceptable ? 1 : 0));
  const offsets = normalisation && offsetsOf(codes, dimensions, normalisation);
  const options = { algorithm, seed, thresholdSquaredL2: threshold, constraints, mayStart, previous, offsets };
  const labels = await clusterInThread({ graph, vectors: unitVectors(codes, identity), options }, signal);
  const firstNew = 1 + (await store.people()).reduce((most, { id }) => Math.max(most, id), 0);
  const { people } = stableLabels(labels, { ...constraints, previous: owners, nextPerson: firstNew, minFaces });
  const groups = regroupings(rows, people, firstNew);
  const done = (await store.regroup(groups, { reset })) ?? null;
  return { newPeople: groups.filter(({ person }) => person === "new").length, done };
}

/** What clustering needs about a face besides its code. */
type Row = Pick<GalleryFace, "id" | "photograph" | "person" | "assignedBy"> & { readonly acceptable: boolean };

async function readFaces(store: GalleryStore, dimensions: number): Promise<{ rows: Row[]; codes: Int8Array }> {
  const rows: Row[] = [];
  const codes = new Int8Array((await store.statistics()).faces * dimensions);
  for await (const { id, photograph, person, assignedBy, quality, code } of store.faces({ ignored: false, embedded: true })) {
    if (rows.length * dimensions === codes.length) break; // added meanwhile: left for the next run
    codes.set(code, rows.length * dimensions);
    rows.push({ id, photograph, person, assignedBy, acceptable: quality.acceptable });
  }
  return { rows, codes: codes.subarray(0, rows.length * dimensions) };
}

/** Removes pairs of faces whose photographs are known to be at least so many years apart. */
async function withinYears(store: GalleryStore, graph: KnnGraph, rows: readonly Row[], years: number): Promise<KnnGraph> {
  const dates = await photographDates(store);
  const dateOf = rows.map(({ photograph }) => dates.get(photograph));
  return withoutPairs(graph, (a, b) => (yearsApart(dateOf[a], dateOf[b]) ?? 0) >= years);
}

/** Faces assigned by the user are fixed; so are those of named people, unless `reset`. */
async function constraintsOf(store: GalleryStore, rows: readonly Row[], reset: boolean): Promise<Constraints> {
  const named = new Set((await store.people()).filter(({ name }) => name !== null).map(({ id }) => id));
  const isFixed = ({ person, assignedBy }: Row) => person !== null && (assignedBy === "user" || (!reset && named.has(person)));
  const ids = rows.map(({ id }) => id);
  return {
    photographs: Float64Array.from(rows, ({ photograph }) => photograph),
    fixed: Int32Array.from(rows, (face) => (isFixed(face) ? (face.person as number) : NOBODY)),
    ...(await correctionConstraints(store, ids)),
  };
}

/** [n, dimensions] */
function unitVectors(codes: Int8Array, { dimensions, codeScale }: GalleryIdentity): Float32Array {
  const vectors = new Float32Array(codes.length);
  for (let at = 0; at < codes.length; at += dimensions)
    vectors.set(normalize(decodeBytes(codes.subarray(at, at + dimensions), codeScale)), at);
  return vectors;
}

/** [n] */
function offsetsOf(codes: Int8Array, dimensions: number, { offsetOf }: Normalisation): Float32Array {
  const offsets = new Float32Array(codes.length / dimensions);
  for (let row = 0; row < offsets.length; row++)
    offsets[row] = offsetOf(codes.subarray(row * dimensions, (row + 1) * dimensions));
  return offsets;
}

/** The changes to apply. People from `firstNew` on do not exist yet. */
function regroupings(rows: readonly Row[], people: Int32Array, firstNew: number): Regrouping[] {
  const moved = [...rows.keys()].filter((row) => people[row] !== (rows[row]?.person ?? NOBODY));
  return [...Map.groupBy(moved, (row) => people[row] as number)].map(([person, own]) => ({
    faces: own.map((row) => (rows[row] as Row).id),
    person: person === NOBODY ? null : person >= firstNew ? "new" : person,
  }));
}
