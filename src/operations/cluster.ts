import * as z from "zod";
import { agglomerative } from "../clustering/agglomerative.ts";
import { chineseWhispers } from "../clustering/chinese-whispers.ts";
import { dbscan } from "../clustering/dbscan.ts";
import type { KnnGraph } from "../clustering/knn-graph.ts";
import { stableLabels } from "../clustering/stable-labels.ts";
import { FaceNetError } from "../errors.ts";
import type { GalleryStore, Regrouping } from "../gallery/gallery-store.ts";
import { knnGraph } from "../gallery/knn-graph.ts";
import { loadIndex } from "../gallery/load-index.ts";
import { decodeBytes } from "../metric/byte-code.ts";
import { normalize } from "../metric/distance.ts";
import { locateModel } from "../models/model-store.ts";
import { thresholdForFar } from "../pipeline/verdict.ts";
import type { GalleryFace } from "../schemas/gallery.ts";
import { galleryOption } from "../schemas/options.ts";
import { openGallery } from "./open-gallery.ts";
import { defineAnswer } from "./operation.ts";

/** Neighbours of each face in the graph. More give the same clusters (docs/decisions/0005-clustering.md). */
const NEIGHBOURS = 20;
const NOBODY = -1;

export const cluster = defineAnswer({
  name: "cluster",
  summary: "Groups the faces of the gallery into people; what you have said of them stands",
  positionals: [],
  examples: [{ command: "facenet cluster", says: "new faces come to the people they belong to; nobody is renumbered" }],
  input: z.strictObject({
    algorithm: z
      .enum(["agglomerative", "chinese-whispers", "dbscan"])
      .default("agglomerative")
      .describe("how faces are grouped (docs/decisions/0005-clustering.md)"),
    far: z.number().positive().max(1).default(1e-4).describe("rate of strangers as close as the threshold"),
    threshold: z.number().min(0).max(4).optional().describe("squared L2 distance, instead of --far"),
    minFaces: z.int().min(1).default(2).describe("smallest group that becomes a person"),
    seed: z.int().min(0).default(1).describe("of the order in which chinese-whispers visits faces"),
    ...galleryOption,
  }),
  output: z.object({
    people: z.int().describe("in the gallery now"),
    newPeople: z.int(),
    faces: z.int(),
    assigned: z.int().describe("faces that belong to a person"),
    threshold: z.number(),
    algorithm: z.string(),
  }),
  async run({ algorithm, far, threshold: given, minFaces, seed, gallery }) {
    const store = await openGallery(gallery);
    try {
      const identity = await store.identity();
      if (!identity)
        throw new FaceNetError("OPTION_INVALID", {
          option: "gallery (--gallery)",
          reason: "is empty; run `facenet index` first",
        });
      const threshold = given ?? thresholdForFar((await locateModel("embedding", identity.model)).manifest, far);
      const { index } = await loadIndex(store);
      const { ids, ...rest } = await knnGraph(index, NEIGHBOURS);
      const graph: KnnGraph = { size: ids.length, ...rest };
      const rows = await facesInOrder(store, ids);
      const constraints = await constraintsOf(store, rows);
      const options = {
        thresholdSquaredL2: threshold,
        constraints,
        mayStart: Uint8Array.from(rows, ({ quality }) => (quality.acceptable ? 1 : 0)),
        previous: Int32Array.from(rows, ({ person }) => person ?? NOBODY),
      };
      const labels =
        algorithm === "agglomerative"
          ? agglomerative(graph, unitVectors(rows, identity), options)
          : algorithm === "dbscan"
            ? dbscan(graph, options)
            : chineseWhispers(graph, { ...options, random: generator(seed) });
      const known = await store.people();
      const firstNew = 1 + known.reduce((most, { id }) => Math.max(most, id), 0);
      const { people } = stableLabels(labels, { ...constraints, previous: options.previous, nextPerson: firstNew, minFaces });
      const groups = regroupings(rows, people, firstNew);
      await store.regroup(groups);
      const newPeople = groups.filter(({ person }) => person === "new").length;
      const { people: count, faces, unassignedFaces } = await store.statistics();
      return { people: count, newPeople, faces, assigned: faces - unassignedFaces, threshold, algorithm };
    } finally {
      await store.close();
    }
  },
});

async function facesInOrder(store: GalleryStore, ids: ArrayLike<number>): Promise<GalleryFace[]> {
  const byId = new Map<number, GalleryFace>();
  for await (const face of store.faces()) byId.set(face.id, face);
  return Array.from(ids, (id) => byId.get(id) as GalleryFace);
}

/** What the user has said, by row: assigned faces and those of named people stay; links and rejections hold. */
async function constraintsOf(store: GalleryStore, rows: readonly GalleryFace[]) {
  const rowOf = new Map(rows.map(({ id }, row) => [id, row]));
  const named = new Set((await store.people()).filter(({ name }) => name !== null).map(({ id }) => id));
  const isFixed = ({ person, assignedBy }: GalleryFace) => person !== null && (assignedBy === "user" || named.has(person));
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

function unitVectors(
  rows: readonly GalleryFace[],
  { dimensions, codeScale }: { dimensions: number; codeScale: number },
): Float32Array {
  const vectors = new Float32Array(rows.length * dimensions);
  for (const [row, { code }] of rows.entries()) vectors.set(normalize(decodeBytes(code, codeScale)), row * dimensions);
  return vectors;
}

/** What is to change. People from `firstNew` on do not exist yet. */
function regroupings(rows: readonly GalleryFace[], people: Int32Array, firstNew: number): Regrouping[] {
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

/** A linear congruential generator (Numerical Recipes): numbers 0 to 1, the same for the same seed. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}
