/**
 * Reliability of a gallery's probabilities on the people that users have confirmed. Calibration without labels does not use
 * these names, except to tell which faces are of one person; genuine distances come from the model.
 */
import { FaceNetError } from "../../errors.ts";
import type { GalleryStore } from "../../gallery/store/gallery-store.ts";
import { codeDistance, probabilityAt } from "../../metric/distance.ts";
import { seededRandom } from "../../metric/seeded-random.ts";
import type { ReliabilityPoint } from "../../schemas/evaluation.ts";
import type { EmbeddingManifest } from "../../schemas/model-manifest.ts";
import type { ProbabilityCurve } from "../../schemas/threshold.ts";
import { logLoss, reliabilityIntervals, reliabilityOf } from "../reliability.ts";
import { computeRoc } from "../roc.ts";

/** @property person numbered from 0 */
type ConfirmedFace = { readonly person: number; readonly photograph: number; readonly code: Int8Array };

export type ConfirmedReliability = {
  readonly people: number;
  readonly faces: number;
  readonly reliability: ReliabilityPoint[];
  readonly logLoss: number;
};

/** Fewer people are not representative. */
const LEAST_PEOPLE = 10;
/** Maximum number of faces per person, so that none dominates, and number of random different pairs. */
const [MOST_FACES, DIFFERENT_PAIRS] = [20, 100_000];

/**
 * Faces of acceptable quality that a user assigned to a named person with two of them in different photographs.
 * Rejections ("not this person") are not used: faces were asked about because they are close.
 *
 * @throws FaceNetError OPTION_INVALID for fewer than 10 people, or a model without a probability
 */
export async function confirmedFaces(
  store: GalleryStore,
  model: Pick<EmbeddingManifest, "id" | "probability">,
): Promise<ConfirmedFace[]> {
  const invalid = (reason: string) => new FaceNetError("OPTION_INVALID", { option: "diagram", reason });
  if (!model.probability) throw invalid(`requires a probability, which ${model.id} lacks`);
  const faces: ConfirmedFace[] = [];
  for await (const face of store.faces({ ignored: false, embedded: true, acceptable: true, named: true })) {
    const { person, assignedBy, photograph, code } = face;
    if (person !== null && assignedBy === "user") faces.push({ person, photograph, code });
  }
  const people = [...Map.groupBy(faces, ({ person }) => person).values()];
  const usable = people.filter((own) => new Set(own.map(({ photograph }) => photograph)).size > 1);
  if (usable.length < LEAST_PEOPLE)
    throw invalid(
      `on a gallery requires ${LEAST_PEOPLE} named people with two confirmed faces each, in different photographs; it has ${usable.length}: name more with \`facenet enroll\`, or give a folder of labelled photographs`,
    );
  return usable.flatMap((own, person) => own.slice(0, MOST_FACES).map((face) => ({ ...face, person })));
}

/** @param faces of {@link confirmedFaces} */
export function confirmedReliability(
  faces: readonly ConfirmedFace[],
  curve: ProbabilityCurve,
  { resamples, seed }: { readonly resamples: number; readonly seed: number },
): ConfirmedReliability {
  const random = seededRandom(seed);
  const pairs = [...samePairs(faces), ...differentPairs(faces, random)];
  const distances = pairs.map(([a, b]) => codeDistance(a.code, b.code));
  const roc = computeRoc(
    distances,
    pairs.map(([a, b]) => a.person === b.person),
  );
  const probability = (distance: number): number => probabilityAt(curve, distance);
  const people = 1 + faces.reduce((most, { person }) => Math.max(most, person), 0);
  const ends = { left: pairs.map(([a]) => a.person), right: pairs.map(([, b]) => b.person), people };
  const intervals = reliabilityIntervals({ ...ends, probabilities: distances.map(probability) }, { resamples, random });
  return {
    ...{ people, faces: faces.length },
    reliability: reliabilityOf(roc, probability, intervals),
    logLoss: logLoss(roc, probability),
  };
}

type Pair = readonly [ConfirmedFace, ConfirmedFace];

function samePairs(faces: readonly ConfirmedFace[]): Pair[] {
  return faces.flatMap((a, i) =>
    faces
      .slice(i + 1)
      .filter((b) => a.person === b.person && a.photograph !== b.photograph)
      .map((b): Pair => [a, b]),
  );
}

function differentPairs(faces: readonly ConfirmedFace[], random: () => number): Pair[] {
  const draw = (): ConfirmedFace => faces[Math.floor(random() * faces.length)] as ConfirmedFace;
  const pairs: Pair[] = [];
  while (pairs.length < DIFFERENT_PAIRS) {
    const [a, b] = [draw(), draw()];
    if (a.person !== b.person && a.photograph !== b.photograph) pairs.push([a, b]);
  }
  return pairs;
}
