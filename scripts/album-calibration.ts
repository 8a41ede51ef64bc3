/** Labelled sets for simulated albums, the model used on them, and calibration of an album as in `facenet calibrate`. */
import { basename, dirname } from "node:path";
import { readExportedEmbeddings } from "../src/datasets/exported-embeddings.ts";
import { groupsOf, NOBODY } from "../src/gallery/calibration-groups.ts";
import { decodeBytes, encodeBytes } from "../src/metric/byte-code.ts";
import { codeDistance, normalize } from "../src/metric/distance.ts";
import { seededRandom } from "../src/metric/seeded-random.ts";
import type { CohortCalibration, GalleryCalibrationFigures } from "../src/schemas/calibration.ts";
import type { LogisticCurve, Threshold } from "../src/schemas/threshold.ts";
import { cohortOffset, meanFace } from "../src/search/cohort.ts";
import { calibrateCohort } from "../src/search/cohort-calibration.ts";
import { calibrateGallery } from "../src/search/gallery-calibration.ts";
import type { Album, Population } from "./album-simulation.ts";
import { distanceHistograms, probabilityCurve, thresholdAtFar } from "./distance-histograms.ts";
import { cleaned, type TrainingFace } from "./training-faces.ts";

export const FARS = [1e-2, 1e-3, 1e-4] as const;
export const RESAMPLES = 100;
/** Scale of SFace's codes. */
const CODE_SCALE = 0.35 / 127;

export type AlbumModel = { readonly thresholds: readonly Threshold[]; readonly probability: LogisticCurve };

/** Reads faces of `facenet embed`, labelled by folder name; doubtful labels are left out. */
export async function readFaces(file: string): Promise<TrainingFace[]> {
  const { faces } = await readExportedEmbeddings(file);
  return cleaned(
    faces.map(({ image, vector }) => ({ person: basename(dirname(image)), vector })),
    1.1,
    0.7,
  );
}

/** Thresholds and probability of a model, measured on half of the people, and the faces of the others. */
export function modelOf(reference: readonly TrainingFace[]): { model: AlbumModel; others: TrainingFace[] } {
  const names = [...new Set(reference.map(({ person }) => person))].sort();
  const fitted = new Set(names.filter((_, i) => i % 2 === 0));
  const histograms = distanceHistograms(reference.filter(({ person }) => fitted.has(person)));
  return {
    model: {
      thresholds: FARS.map((far): Threshold => ({ far, distance: thresholdAtFar(histograms, far) })),
      probability: probabilityCurve(histograms) as LogisticCurve,
    },
    others: reference.filter(({ person }) => !fitted.has(person)),
  };
}

/** People with at least two faces. @param half every second person, starting at 0 or 1 */
export function populationOf(name: string, faces: readonly TrainingFace[], half?: string): Population {
  const people = [...Map.groupBy(faces, ({ person }) => person).values()].filter((own) => own.length > 1);
  const chosen = half === undefined ? people : people.filter((_, i) => i % 2 === Number(half));
  return { name, people: chosen.map((own) => own.map(({ vector }) => vector)) };
}

const unit = (code: Int8Array): Float32Array => normalize(decodeBytes(code, CODE_SCALE));

/** What cohort normalisation adds to the distances of each face. */
export function offsetsOf(codes: readonly Int8Array[], cohort: CohortCalibration): number[] {
  const means = cohort.faces.map((own) => meanFace(own.map((face) => unit(codes[face] as Int8Array))));
  return codes.map((code) => cohortOffset(unit(code), { ...cohort, means }));
}

export const codesOf = ({ vectors }: Pick<Album, "vectors">): Int8Array[] =>
  vectors.map((vector) => encodeBytes(vector, CODE_SCALE));

/** @returns undefined if the album has too few pairs */
export async function calibrateAlbum(
  album: Album,
  model: AlbumModel,
  seed: number,
  { withCohort = false } = {},
): Promise<(GalleryCalibrationFigures & { readonly cohort: CohortCalibration | null }) | undefined> {
  const codes = codesOf(album);
  const coded = {
    codes,
    photographs: album.photographs,
    people: codes.map(() => NOBODY),
    dimensions: 128,
    codeScale: CODE_SCALE,
  };
  const [, likely, surely] = model.thresholds.map(({ distance }) => distance) as [number, number, number];
  const groups = await groupsOf(coded, { surely, likely });
  const distance = (a: number, b: number) => codeDistance(codes[a] as Int8Array, codes[b] as Int8Array);
  try {
    const options = { ...model, fars: FARS, resamples: RESAMPLES };
    const faces = { photographs: album.photographs, groups, distance };
    const figures = calibrateGallery(faces, { ...options, random: seededRandom(seed) });
    if (!withCohort) return { ...figures, cohort: null };
    const ownWithin = figures.thresholds.find(({ far }) => far === 1e-3)?.distance as number;
    const vectors = codes.map(unit);
    return {
      ...figures,
      cohort: calibrateCohort({ ...faces, vectors }, { ...options, ownWithin, random: seededRandom(seed + 1) }),
    };
  } catch (error) {
    if (error instanceof RangeError && /too few/.test(error.message)) return undefined;
    throw error;
  }
}
