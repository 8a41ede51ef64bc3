/** Measures thresholds on a gallery's own people, without labels, and keeps them with the gallery. */
import { clusterInThread } from "../clustering/cluster-faces.ts";
import { FaceNetError, reasonOf } from "../errors.ts";
import { thresholdForFar } from "../faces/verdict.ts";
import { decodeBytes } from "../metric/byte-code.ts";
import { codeDistance, normalize } from "../metric/distance.ts";
import { seededRandom } from "../metric/seeded-random.ts";
import type { GalleryCalibration } from "../schemas/calibration.ts";
import type { EmbeddingManifest } from "../schemas/model-manifest.ts";
import { calibrateGallery } from "../search/gallery-calibration.ts";
import { knnGraph } from "../search/knn-graph.ts";
import type { GalleryStore } from "./store/gallery-store.ts";

export type CalibratePeopleOptions = {
  /** of the gallery's faces, with thresholds and probability of its own */
  readonly model: EmbeddingManifest;
  /** wanted false match rates */
  readonly fars: readonly number[];
  /** drawings of photographs for intervals */
  readonly resamples: number;
  readonly seed: number;
  readonly now: Date;
  readonly signal?: AbortSignal | undefined;
};

const [NEIGHBOURS, CLUSTERS_AT] = [20, 1e-4];
const NOBODY = -1;

/**
 * Faces of good enough quality speak. Who is who decides only which pairs are seen again: people of the gallery, and clusters
 * of the faces that are nobody's yet, which are not kept.
 *
 * @throws FaceNetError GALLERY_CALIBRATION_TOO_SMALL for a gallery with too few pairs; the signal's reason
 */
export async function calibratePeople(store: GalleryStore, options: CalibratePeopleOptions): Promise<GalleryCalibration> {
  const { model, fars, resamples, seed, now, signal } = options;
  const { dimensions, codeScale } = (await store.identity()) ?? { dimensions: model.embedding.size, codeScale: 1 };
  const photographs: number[] = [];
  const people: number[] = [];
  const codes: Int8Array[] = [];
  for await (const { photograph, person, code, quality } of store.faces({ ignored: false, embedded: true })) {
    signal?.throwIfAborted();
    if (!quality.acceptable) continue;
    photographs.push(photograph);
    people.push(person ?? NOBODY);
    codes.push(code);
  }
  const groups = await groupsOf(
    { codes, photographs, people, dimensions, codeScale },
    thresholdForFar(model, CLUSTERS_AT),
    signal,
  );
  const figures = (() => {
    try {
      return calibrateGallery(
        { photographs, groups, distance: (a, b) => codeDistance(codes[a] as Int8Array, codes[b] as Int8Array) },
        { thresholds: model.thresholds, probability: model.probability, fars, resamples, random: seededRandom(seed) },
      );
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new FaceNetError("GALLERY_CALIBRATION_TOO_SMALL", { gallery: store.name, reason: reasonOf(error) }, error);
    }
  })();
  const { distinctPairs, photographs: shown, vouchesDownTo } = figures;
  const reach = vouchesDownTo === null ? "no rate" : `down to 1 in ${Math.floor(1 / vouchesDownTo)}`;
  const calibration: GalleryCalibration = {
    version: 1,
    model: model.id,
    sha256: model.model.sha256,
    compared: model.embedding.compared,
    ...figures,
    calibratedOn: `${distinctPairs} pairs of two people in ${shown} photographs of this gallery, without labels; vouches for ${reach}`,
    faces: codes.length,
    at: now.toISOString(),
  };
  await store.keepCalibration(calibration);
  return calibration;
}

type Faces = {
  readonly codes: readonly Int8Array[];
  readonly photographs: readonly number[];
  readonly people: readonly number[];
  readonly dimensions: number;
  readonly codeScale: number;
};

/** [n] person or cluster of each face; -1 for one that is alone. Clusters count on after the people. */
async function groupsOf(faces: Faces, thresholdSquaredL2: number, signal?: AbortSignal): Promise<Int32Array> {
  const { codes, photographs, people, dimensions, codeScale } = faces;
  if (people.every((person) => person !== NOBODY)) return Int32Array.from(people);
  const all = new Int8Array(codes.length * dimensions);
  const vectors = new Float32Array(codes.length * dimensions);
  for (const [i, code] of codes.entries()) {
    all.set(code, i * dimensions);
    vectors.set(normalize(decodeBytes(code, codeScale)), i * dimensions);
  }
  const graph = await knnGraph(all, { dimensions, k: NEIGHBOURS, ...(signal && { signal }) });
  const constraints = { photographs, fixed: Int32Array.from(people) };
  const options = { algorithm: "agglomerative" as const, seed: 1, thresholdSquaredL2, constraints };
  return clusterInThread({ graph, vectors, options }, signal);
}
