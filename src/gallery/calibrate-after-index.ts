/**
 * Automatic calibration after indexing, of folders or uploads: as soon as the photographs suffice, and again when the gallery has grown.
 * Never overrides a user's decision: their own calibration, or `facenet calibrate --forget`.
 */
import { FaceNetError } from "../errors.ts";
import { DEFAULT_FMR, JOIN_FMR, thresholdForFar } from "../faces/verdict.ts";
import type { AutomaticCalibration } from "../schemas/calibration.ts";
import { type Calibrated, calibratedByGallery } from "./access/gallery-model.ts";
import { calibratePeople, GALLERY_FARS } from "./calibrate-people.ts";
import type { GalleryStore } from "./store/gallery-store.ts";

/** Impostor pairs from which a rate of 1 in 100 was met within a factor of two (decision 19). */
export const LEAST_AUTOMATIC_PAIRS = 300;
/** Growth in faces that triggers recalibration. */
const GROWTH = 1.25;
/** Bootstrap resamples of photographs: fewer than `facenet calibrate` draws, enough for a 95 % interval. */
const RESAMPLES = 100;

export type CalibrateAfterIndexOptions = Calibrated & {
  readonly now: Date;
  readonly signal?: AbortSignal | undefined;
};

/**
 * @param options the model and the thresholds in force
 * @returns what changed; null if nothing was due or there are too few pairs
 * @throws the signal's reason
 */
export async function calibrateAfterIndex(
  store: GalleryStore,
  { manifest, calibration, now, signal }: CalibrateAfterIndexOptions,
): Promise<AutomaticCalibration | null> {
  if (calibration.from !== "model") return null; // set by the user
  const note = await store.calibrationNote();
  const kept = await store.calibration();
  if (note.forgotten || (kept && !kept.automatic) || (await store.migration())) return null;
  const isDue = ({ faces, pairs }: Counts): boolean => pairs >= LEAST_AUTOMATIC_PAIRS && faces >= note.triedWith * GROWTH;
  // every upload asks: first an upper bound that is read fast, with faces of any quality
  if (!isDue(await countPairs(photographsOfAll(store), signal))) return null;
  const counts = await countPairs(photographsOfAcceptable(store), signal);
  if (!isDue(counts)) return null;
  const before = (await calibratedByGallery(store, { manifest, calibration }, undefined)).manifest;
  try {
    const made = await calibratePeople(store, {
      model: manifest,
      fars: GALLERY_FARS,
      resamples: RESAMPLES,
      seed: 1,
      now,
      signal,
      automatic: true,
      leastPairs: LEAST_AUTOMATIC_PAIRS,
    });
    return {
      calibratedOn: made.calibratedOn,
      lowestFar: made.lowestFar,
      renewed: kept !== undefined,
      thresholds: [DEFAULT_FMR, JOIN_FMR].map((far) => ({
        far,
        before: thresholdForFar(before, far),
        after: thresholdForFar(made, far),
      })),
    };
  } catch (error) {
    if (!(error instanceof FaceNetError && error.code === "GALLERY_CALIBRATION_TOO_SMALL")) throw error;
    await store.noteCalibration({ ...note, triedWith: counts.faces });
    return null;
  }
}

type Counts = { readonly faces: number; readonly pairs: number };

/** Number of faces, and of pairs of them within a photograph: an upper bound of the impostor pairs. */
async function countPairs(photographs: AsyncIterable<number>, signal: AbortSignal | undefined): Promise<Counts> {
  const inPhotograph = new Map<number, number>();
  let [faces, pairs] = [0, 0];
  for await (const photograph of photographs) {
    signal?.throwIfAborted();
    const others = inPhotograph.get(photograph) ?? 0;
    faces++;
    pairs += others;
    inPhotograph.set(photograph, others + 1);
  }
  return { faces, pairs };
}

async function* photographsOfAll(store: GalleryStore): AsyncGenerator<number> {
  for await (const { photographs } of store.owners()) yield* photographs;
}

async function* photographsOfAcceptable(store: GalleryStore): AsyncGenerator<number> {
  for await (const { photograph } of store.faces({ ignored: false, embedded: true, acceptable: true })) yield photograph;
}
