import * as z from "zod";
import { clusterInThread, clusteringAlgorithms } from "../clustering/cluster-faces.ts";
import { type KnnGraph, withoutPairs } from "../clustering/knn-graph.ts";
import { stableLabels } from "../clustering/stable-labels.ts";
import { FaceNetError } from "../errors.ts";
import { paceOf } from "../faces/batch.ts";
import { JOIN_FMR, thresholdForFar, wantedRate } from "../faces/verdict.ts";
import { galleryModel } from "../gallery/access/gallery-model.ts";
import { photographDates, yearsApart } from "../gallery/people/years-apart.ts";
import type { GalleryStore, Regrouping } from "../gallery/store/gallery-store.ts";
import { decodeBytes } from "../metric/byte-code.ts";
import { normalize } from "../metric/distance.ts";
import { CorrectionRecord, type GalleryFace, type GalleryIdentity } from "../schemas/gallery.ts";
import { galleryOption, modelOptions, rateOptions } from "../schemas/options.ts";
import { ThresholdOrigin } from "../schemas/threshold.ts";
import { knnGraph } from "../search/knn-graph.ts";
import { defineAnswer, type OperationContext } from "./operation.ts";

/** Neighbours per face in the graph. More give the same clusters (docs/decisions/0005-clustering.md). */
const NEIGHBOURS = 20;
const NOBODY = -1;

export const cluster = defineAnswer({
  name: "cluster",
  summary: "Groups the faces of the gallery into people, respecting your corrections",
  positionals: [],
  examples: [
    { command: "facenet cluster", says: "adds new faces to their people; nobody is renumbered" },
    { command: "facenet cluster --reset", says: "regroups from your corrections alone; `facenet undo` reverts it" },
  ],
  input: z.strictObject({
    algorithm: z
      .enum(clusteringAlgorithms)
      .default("agglomerative")
      .describe("clustering algorithm (docs/decisions/0005-clustering.md)"),
    ...rateOptions("share of impostor pairs within the threshold", JOIN_FMR),
    minFaces: z.int().min(1).default(2).describe("smallest group that becomes a person"),
    reset: z.boolean().default(false).describe("discard the results of earlier runs and regroup from corrections alone"),
    years: z
      .number()
      .min(0)
      .default(10)
      .describe("photographs taken at least so many years apart join nobody, and are suggestions only; 0: dates do not matter"),
    seed: z.int().min(0).default(1).describe("random seed of the order in which chinese-whispers visits faces"),
    model: z.string().optional().describe("path of the gallery's model, if it is your own (default: determined by the gallery)"),
    calibration: modelOptions.calibration,
    ...galleryOption,
  }),
  output: z.object({
    people: z.int().describe("in the gallery now"),
    newPeople: z.int(),
    faces: z.int(),
    assigned: z.int().describe("faces assigned to a person"),
    threshold: z.number(),
    calibration: ThresholdOrigin.nullable().describe("null if the threshold was given"),
    algorithm: z.string(),
    done: CorrectionRecord.nullable().describe("journal entry for `facenet undo`; null: nothing changed"),
  }),
  async run(
    { algorithm, threshold: given, fmr, far, minFaces, reset, years, seed, model, calibration, gallery },
    { borrowGallery, signal, onProgress },
  ) {
    const { store, giveBack } = await borrowGallery(gallery);
    try {
      const identity = await store.identity();
      if (!identity)
        throw new FaceNetError("OPTION_INVALID", {
          option: "gallery",
          reason: "is empty; run `facenet index` first",
        });
      const calibrated = given === undefined ? await galleryModel(store, identity, { model, calibration }) : undefined;
      const threshold = calibrated ? thresholdForFar(calibrated.manifest, wantedRate({ fmr, far }, JOIN_FMR)) : (given as number);
      const { rows, codes } = await readFaces(store, identity.dimensions);
      const nearest = await knnGraph(codes, {
        dimensions: identity.dimensions,
        k: NEIGHBOURS,
        signal,
        onProgress: progressOf(rows.length, onProgress),
      });
      const graph = years > 0 ? await withinYears(store, nearest, rows, years) : nearest;
      const constraints = await constraintsOf(store, rows, reset);
      const owners = Int32Array.from(rows, ({ person }) => person ?? NOBODY);
      const previous = reset ? new Int32Array(rows.length).fill(NOBODY) : owners;
      const mayStart = Uint8Array.from(rows, ({ acceptable }) => (acceptable ? 1 : 0));
      const options = { algorithm, seed, thresholdSquaredL2: threshold, constraints, mayStart, previous };
      const labels = await clusterInThread({ graph, vectors: unitVectors(codes, identity), options }, signal);
      const known = await store.people();
      const firstNew = 1 + known.reduce((most, { id }) => Math.max(most, id), 0);
      const { people } = stableLabels(labels, { ...constraints, previous: owners, nextPerson: firstNew, minFaces });
      const groups = regroupings(rows, people, firstNew);
      const done = (await store.regroup(groups, { reset })) ?? null;
      const newPeople = groups.filter(({ person }) => person === "new").length;
      const { people: count, faces, unassignedFaces, ignoredFaces } = await store.statistics();
      return {
        people: count,
        newPeople,
        faces,
        assigned: faces - unassignedFaces - ignoredFaces,
        threshold,
        calibration: calibrated?.calibration ?? null,
        algorithm,
        done,
      };
    } finally {
      await giveBack();
    }
  },
});

/** What clustering needs about a face besides its code. */
type Row = Pick<GalleryFace, "id" | "photograph" | "person" | "assignedBy"> & { readonly acceptable: boolean };

async function readFaces(store: GalleryStore, dimensions: number): Promise<{ rows: Row[]; codes: Int8Array }> {
  const rows: Row[] = [];
  const codes = new Int8Array((await store.statistics()).faces * dimensions);
  for await (const { id, photograph, person, assignedBy, quality, code } of store.faces({ ignored: false, embedded: true })) {
    if (rows.length * dimensions === codes.length) break; // added since: left for the next run
    codes.set(code, rows.length * dimensions);
    rows.push({ id, photograph, person, assignedBy, acceptable: quality.acceptable });
  }
  return { rows, codes: codes.subarray(0, rows.length * dimensions) };
}

/** Without the pairs of faces whose photographs are known to be at least so many years apart. */
async function withinYears(store: GalleryStore, graph: KnnGraph, rows: readonly Row[], years: number): Promise<KnnGraph> {
  const dates = await photographDates(store);
  const dateOf = rows.map(({ photograph }) => dates.get(photograph));
  return withoutPairs(graph, (a, b) => (yearsApart(dateOf[a], dateOf[b]) ?? 0) >= years);
}

function progressOf(total: number, onProgress: OperationContext["onProgress"]): (done: number) => void {
  const start = performance.now();
  return (done) => onProgress({ unit: "faces", done, failed: 0, faces: done, ...paceOf(done, total, performance.now() - start) });
}

/**
 * Constraints by row: faces assigned by the user are fixed, as are those of named people without `reset`; links and rejections.
 */
async function constraintsOf(store: GalleryStore, rows: readonly Row[], reset: boolean) {
  const rowOf = new Map(rows.map(({ id }, row) => [id, row]));
  const named = new Set((await store.people()).filter(({ name }) => name !== null).map(({ id }) => id));
  const isFixed = ({ person, assignedBy }: Row) => person !== null && (assignedBy === "user" || (!reset && named.has(person)));
  const links = (await store.links()).flatMap(({ a, b, kind }) => {
    const [x, y] = [rowOf.get(a), rowOf.get(b)];
    return x === undefined || y === undefined ? [] : [{ pair: [x, y] as const, kind }];
  });
  return {
    photographs: Float64Array.from(rows, ({ photograph }) => photograph),
    fixed: Int32Array.from(rows, (face) => (isFixed(face) ? (face.person as number) : NOBODY)),
    mustLink: links.filter(({ kind }) => kind === "must").map(({ pair }) => pair),
    cannotLink: links.filter(({ kind }) => kind === "cannot").map(({ pair }) => pair),
    rejections: (await store.rejections()).flatMap(({ face, person }) => {
      const row = rowOf.get(face);
      return row === undefined ? [] : [{ face: row, person }];
    }),
  };
}

/** [n, dimensions] */
function unitVectors(codes: Int8Array, { dimensions, codeScale }: GalleryIdentity): Float32Array {
  const vectors = new Float32Array(codes.length);
  for (let at = 0; at < codes.length; at += dimensions)
    vectors.set(normalize(decodeBytes(codes.subarray(at, at + dimensions), codeScale)), at);
  return vectors;
}

/** The changes to apply. People from `firstNew` on do not exist yet. */
function regroupings(rows: readonly Row[], people: Int32Array, firstNew: number): Regrouping[] {
  const facesOf = new Map<number, number[]>();
  for (const [row, { id, person }] of rows.entries()) {
    const wanted = people[row] as number;
    if (wanted === (person ?? NOBODY)) continue;
    const list = facesOf.get(wanted) ?? [];
    list.push(id);
    facesOf.set(wanted, list);
  }
  return [...facesOf].map(([wanted, faces]) => ({
    faces,
    person: wanted === NOBODY ? null : wanted >= firstNew ? "new" : wanted,
  }));
}
