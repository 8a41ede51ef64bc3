/**
 * Hold-out test of the paper (FaceNet section 4.1): disjoint splits of a large set of faces; each split is halved, and every face
 * of one half is compared with every face of the other. VAL and FAR are read from each split's own curve; the standard error is
 * over splits. With 200,000 faces per split, these are 100,000 x 100,000 = 10^10 distances.
 *
 * The paper does not state how its million images were split. Here, a split keeps the faces of a person together, which gives
 * more same pairs than splitting by image, and halves each person's faces at random.
 */
import { rowDistance, selectRows } from "../metric/embedding-matrix.ts";
import { shuffled } from "../metric/seeded-random.ts";
import { balanced, type Counts, rocOf, sumOf } from "./counted-pairs.ts";
import { BINS, binOf, histogramsOfRoc } from "./distance-histogram.ts";
import { DistanceStream, type StreamOptions } from "./distance-stream.ts";
import type { FaceSet } from "./face-set.ts";
import { figuresOverFolds, type Round } from "./lfw-protocol.ts";
import { likelihoodFigures } from "./likelihood.ts";
import { dealPeople, facesByPerson } from "./people-folds.ts";
import { logLoss, reliabilityOf } from "./reliability.ts";
import { type Roc, rocPoints } from "./roc.ts";
import { operatingPoints, roundThresholds, type VerificationFigures, type VerificationOptions } from "./verification.ts";

export type HoldOutOptions = Omit<VerificationOptions, "definitions" | "bootstrap"> & {
  /** the paper: 5 */
  readonly splits: number;
  /** Maximum number of faces per half; the paper: 100,000. */
  readonly facesAHalf: number;
  readonly random: () => number;
  readonly stream: StreamOptions;
};

/** Maximum number of same pairs measured one by one; more are streamed. */
const FEW = 65_536;

/**
 * @returns figures over the splits, without intervals and worst pairs; `inSample`, as in the paper
 * @throws RangeError for too few people, or a split whose halves share no person; the signal's reason
 */
export async function verifyHoldOut(faces: FaceSet, options: HoldOutOptions): Promise<VerificationFigures> {
  const facesOf = facesByPerson(faces.person, faces.people.length);
  const splits = dealPeople(
    facesOf.map((own) => own.length),
    options.splits,
    options.random,
  );
  const stream = await DistanceStream.create(faces.embeddings, options.stream);
  try {
    const counted: Counts[] = [];
    for (const people of splits) {
      const [left, right] = halve(
        people.map((person) => facesOf[person] as number[]),
        options,
      );
      counted.push(await countAcross(faces, left, right, stream));
    }
    return figuresOf(counted, options);
  } finally {
    await stream.dispose();
  }
}

/** Splits each person's faces into two halves; an odd face goes to the smaller half. */
function halve(
  facesOfPeople: readonly (readonly number[])[],
  { facesAHalf, random }: Pick<HoldOutOptions, "facesAHalf" | "random">,
): [left: number[], right: number[]] {
  const [left, right]: [number[], number[]] = [[], []];
  for (const own of shuffled(facesOfPeople, random)) {
    const mixed = shuffled(own, random);
    const middle = left.length <= right.length ? Math.ceil(own.length / 2) : Math.floor(own.length / 2);
    left.push(...mixed.slice(0, middle));
    right.push(...mixed.slice(middle));
  }
  return [left.slice(0, facesAHalf), right.slice(0, facesAHalf)];
}

async function countAcross(
  faces: FaceSet,
  left: readonly number[],
  right: readonly number[],
  stream: DistanceStream,
): Promise<Counts> {
  const all = await stream.count(selectRows(faces.embeddings, left), selectRows(faces.embeddings, right));
  const same = new Float64Array(BINS);
  const rightOf = Map.groupBy(right, (face) => faces.person[face] as number);
  for (const [person, own] of Map.groupBy(left, (face) => faces.person[face] as number)) {
    const others = rightOf.get(person) ?? [];
    if (own.length * others.length > FEW) {
      const counts = await stream.count(selectRows(faces.embeddings, own), selectRows(faces.embeddings, others));
      for (const [bin, count] of counts.entries()) same[bin] = (same[bin] as number) + count;
      continue;
    }
    for (const a of own)
      for (const b of others) {
        const bin = binOf(rowDistance(faces.embeddings, a, b));
        same[bin] = (same[bin] as number) + 1;
      }
  }
  return { same, different: all.map((count, bin) => count - (same[bin] as number)) };
}

function figuresOf(counted: readonly Counts[], { fars, modelThresholds, probability }: HoldOutOptions): VerificationFigures {
  const rounds = counted.map((counts, split): Round & { readonly tested: Roc } => {
    const tested = rocOf(counts);
    if (tested.samePairs === 0 || tested.differentPairs === 0)
      throw new RangeError(
        `split ${split + 1}: requires pairs of both kinds across its halves, got ${tested.samePairs} same and ${tested.differentPairs} different`,
      );
    const test = balanced(tested);
    return { fold: split + 1, test, train: test, tested };
  });
  const together = rocOf(sumOf(counted));
  const { accuracy, val, folds, auc, eer, threshold } = figuresOverFolds(rounds, together, fars);
  const thresholds = roundThresholds(together);
  return {
    pairs: together.samePairs + together.differentPairs,
    samePairs: together.samePairs,
    differentPairs: together.differentPairs,
    accuracy: { ...accuracy, interval: null },
    val: val.map((at) => ({ ...at, interval: null })),
    auc,
    aucInterval: null,
    eer,
    eerInterval: null,
    threshold,
    folds: folds.map((fold, i) => {
      const { samePairs, differentPairs } = (rounds[i] as (typeof rounds)[number]).tested;
      return { ...fold, pairs: samePairs + differentPairs };
    }),
    inSample: true,
    thresholds: operatingPoints(together, thresholds, "round", {}),
    modelThresholds: operatingPoints(together, modelThresholds, "model", {}),
    roc: rocPoints(together),
    histograms: histogramsOfRoc(together),
    worst: { falseAccepts: [], falseRejects: [] },
    reliability: probability ? reliabilityOf(together, probability) : [],
    logLoss: probability ? logLoss(together, probability) : null,
    logLossInterval: null,
    likelihood: probability ? likelihoodFigures(together, probability) : null,
  };
}
