/** Measures thresholds on a gallery's own people, without labels, and stores them in the gallery. */
import { FaceNetError, reasonOf } from "../errors.ts";
import { thresholdForFar } from "../faces/verdict.ts";
import { decodeBytes } from "../metric/byte-code.ts";
import { codeDistance, normalize } from "../metric/distance.ts";
import { seededRandom } from "../metric/seeded-random.ts";
import type { GalleryCalibration } from "../schemas/calibration.ts";
import type { EmbeddingManifest } from "../schemas/model-manifest.ts";
import { calibrateCohort } from "../search/cohort-calibration.ts";
import { calibrateGallery } from "../search/gallery-calibration.ts";
import { groupsOf, NOBODY } from "./calibration-groups.ts";
import { correctionConstraints } from "./people/correction-constraints.ts";
import type { GalleryStore } from "./store/gallery-store.ts";

export type CalibratePeopleOptions = {
  /** of the gallery's faces, with thresholds and probability of its own */
  readonly model: EmbeddingManifest;
  /** target false match rates */
  readonly fars: readonly number[];
  /** bootstrap resamples of photographs for intervals */
  readonly resamples: number;
  readonly seed: number;
  readonly now: Date;
  /** made without a request; default false */
  readonly automatic?: boolean;
  /** Minimum number of impostor pairs. Default: what the tail fit requires. */
  readonly leastPairs?: number;
  readonly signal?: AbortSignal | undefined;
};

/** Rates that a gallery is calibrated for; identification among many people needs small ones. */
export const GALLERY_FARS: readonly number[] = [1e-2, 1e-3, 1e-4, 1e-5, 1e-6];
/** False match rates of the distances up to which groups are joined. */
const [SURELY, LIKELY] = [1e-4, 1e-3];

/**
 * Uses faces of acceptable quality. Identities only determine which pairs are repeated: people of the gallery, and clusters
 * of the unassigned faces, which are not stored.
 *
 * @throws FaceNetError GALLERY_CALIBRATION_TOO_SMALL for a gallery with too few pairs; the signal's reason
 */
export async function calibratePeople(store: GalleryStore, options: CalibratePeopleOptions): Promise<GalleryCalibration> {
  const { model, fars, resamples, seed, now, signal, automatic = false, leastPairs } = options;
  const { dimensions, codeScale } = (await store.identity()) ?? { dimensions: model.embedding.size, codeScale: 1 };
  const ids: number[] = [];
  const photographs: number[] = [];
  const people: number[] = [];
  const codes: Int8Array[] = [];
  for await (const { id, photograph, person, code, quality } of store.faces({ ignored: false, embedded: true })) {
    signal?.throwIfAborted();
    if (!quality.acceptable) continue;
    ids.push(id);
    photographs.push(photograph);
    people.push(person ?? NOBODY);
    codes.push(code);
  }
  const groups = await groupsOf(
    { codes, photographs, people, dimensions, codeScale, said: await correctionConstraints(store, ids) },
    { surely: thresholdForFar(model, SURELY), likely: thresholdForFar(model, LIKELY) },
    signal,
  );
  const faces = {
    photographs,
    groups,
    distance: (a: number, b: number) => codeDistance(codes[a] as Int8Array, codes[b] as Int8Array),
  };
  const { thresholds, probability } = model;
  const figures = (() => {
    try {
      return calibrateGallery(faces, { thresholds, probability, fars, resamples, random: seededRandom(seed), leastPairs });
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new FaceNetError("GALLERY_CALIBRATION_TOO_SMALL", { gallery: store.name, reason: reasonOf(error) }, error);
    }
  })();
  signal?.throwIfAborted();
  const cohort = automatic
    ? null
    : calibrateCohort(
        { ...faces, vectors: codes.map((code) => normalize(decodeBytes(code, codeScale))) },
        {
          ...{ thresholds, probability, fars, resamples, random: seededRandom(seed + 1) },
          ownWithin: thresholdForFar(figures, LIKELY),
        },
      );
  const { distinctPairs, photographs: shown, lowestFar } = figures;
  const reach = lowestFar === null ? "no rate" : `down to 1 in ${Math.floor(1 / lowestFar)}`;
  const calibration: GalleryCalibration = {
    version: 1,
    model: model.id,
    sha256: model.model.sha256,
    compared: model.embedding.compared,
    ...figures,
    cohort: cohort && { ...cohort, faces: cohort.faces.map((own) => own.map((face) => ids[face] as number)) },
    calibratedOn: `${distinctPairs} pairs of two people in ${shown} photographs of this gallery, without labels; supports ${reach}`,
    faces: codes.length,
    at: now.toISOString(),
    automatic,
  };
  await store.keepCalibration(calibration);
  await store.noteCalibration({ forgotten: false, triedWith: codes.length });
  return calibration;
}
