/** Chooses a gallery's cohort and calibrates thresholds for distances normalised by it, from the gallery's own impostor pairs. */
import type { CohortCalibration } from "../schemas/calibration.ts";
import { type Cohort, cohortMean, meanFace } from "./cohort.ts";
import { calibrateGallery, type GalleryCalibrationOptions } from "./gallery-calibration.ts";
import type { PhotographedFaces } from "./stranger-pairs.ts";

/** People: with fewer than 40, normalisation made decisions worse; more than 100 add nothing (decision 20). */
const [LEAST_PEOPLE, MOST_PEOPLE] = [40, 100];
/** Nearest people averaged, and faces in the mean of one person, at least and at most. */
const [NEAREST, LEAST_FACES, MOST_FACES] = [20, 2, 4];

export type CohortOptions = GalleryCalibrationOptions & {
  /** squared L2 within which a person of the cohort is taken for the face's own: the plain threshold of a rate of 1e-3 */
  readonly ownWithin: number;
};

/**
 * @param vectors [n] unit length, of the faces in order
 * @returns with rows as numbers of faces; null if the gallery has too few people
 * @throws as calibrateGallery
 */
export function calibrateCohort(
  faces: PhotographedFaces & { readonly vectors: readonly Float32Array[] },
  { ownWithin, ...options }: CohortOptions,
): CohortCalibration | null {
  const members = drawCohort(faces.groups, options.random);
  if (members.length < LEAST_PEOPLE) return null;
  const means = members.map((own) => meanFace(own.map((face) => faces.vectors[face] as Float32Array)));
  const cohort: Omit<Cohort, "middle"> = { means, nearest: NEAREST, ownWithin };
  const meansOf = faces.vectors.map((vector) => cohortMean(vector, cohort));
  const middle = meansOf.reduce((sum, mean) => sum + mean, 0) / meansOf.length;
  const distance = (a: number, b: number): number =>
    Math.max(0, faces.distance(a, b) + middle - ((meansOf[a] as number) + (meansOf[b] as number)) / 2);
  const { thresholds } = calibrateGallery({ ...faces, distance }, { ...options, normalised: true });
  return {
    faces: members,
    nearest: NEAREST,
    ownWithin,
    middle,
    thresholds: thresholds.map(({ far, distance: limit, farInterval, basis }) => ({
      far,
      distance: limit,
      farInterval,
      basis: basis === "gallery" ? basis : "safe side",
    })),
  };
}

/** Rows of the faces of random people. */
function drawCohort(groups: ArrayLike<number>, random: () => number): number[][] {
  const people = Map.groupBy(
    Array.from({ length: groups.length }, (_, face) => face),
    (face) => groups[face] as number,
  );
  people.delete(-1);
  return [...people.values()]
    .filter((own) => own.length >= LEAST_FACES)
    .map((own) => ({ own, at: random() }))
    .sort((a, b) => a.at - b.at)
    .slice(0, MOST_PEOPLE)
    .map(({ own }) => own.slice(0, MOST_FACES));
}
