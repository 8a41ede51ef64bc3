/** Two models that judged pairs of the same images: where both could measure, is one better by more than luck? */
import type { PairedSignificance } from "../schemas/model-comparison.ts";
import type { BootstrapOptions } from "./bootstrap.ts";
import type { FaceSet } from "./face-set.ts";
import type { LfwResult } from "./lfw-protocol.ts";
import { mcnemarExact } from "./mcnemar.ts";
import { valDifferences } from "./paired-bootstrap.ts";
import { measurePairs, type PairList } from "./verification.ts";

/** A model's pairs with the thresholds that its folds were judged by. */
export type JudgedPairs = {
  readonly model: string;
  readonly faces: FaceSet;
  readonly list: PairList;
  readonly folds: LfwResult["folds"];
  /** Squared L2 of two faces of the set, where that is not what their embeddings say. */
  readonly distanceOf?: ((a: number, b: number) => number) | undefined;
};

/**
 * A pair is found again by its two images and its fold.
 *
 * @param fars wanted false accept rates, 0 to 1
 * @throws RangeError unless both measured pairs of both kinds in common
 */
export function pairedSignificance(
  a: JudgedPairs,
  b: JudgedPairs,
  fars: readonly number[],
  bootstrap: BootstrapOptions,
): PairedSignificance {
  const ofB = new Map(judgements(b).map((judgement) => [judgement.key, judgement]));
  const people = new Map<string, number>();
  const numberOf = (person: string): number => {
    const number = people.get(person) ?? people.size;
    people.set(person, number);
    return number;
  };
  const common = judgements(a).flatMap((one) => {
    const other = ofB.get(one.key);
    return other === undefined ? [] : [{ left: numberOf(one.left), right: numberOf(one.right), a: one, b: other }];
  });
  const onlyARight = common.filter((pair) => pair.a.judgedRight && !pair.b.judgedRight).length;
  const onlyBRight = common.filter((pair) => pair.b.judgedRight && !pair.a.judgedRight).length;
  const pairs = {
    left: common.map(({ left }) => left),
    right: common.map(({ right }) => right),
    a: common.map((pair) => pair.a.distance),
    b: common.map((pair) => pair.b.distance),
    people: people.size,
  };
  return {
    a: a.model,
    b: b.model,
    pairs: common.length,
    accuracy: { onlyARight, onlyBRight, pValue: mcnemarExact({ onlyA: onlyARight, onlyB: onlyBRight }) },
    val: valDifferences(pairs, fars, bootstrap),
  };
}

type Judgement = {
  readonly key: string;
  readonly left: string;
  readonly right: string;
  readonly distance: number;
  readonly judgedRight: boolean;
};

function judgements({ faces, list, folds, distanceOf }: JudgedPairs): Judgement[] {
  const { distances, same } = measurePairs(faces, list, distanceOf);
  const thresholdOf = new Map(folds.map(({ fold, threshold }) => [fold, threshold]));
  const personOf = (face: number): string => faces.people[faces.person[face] as number] as string;
  return Array.from(list.left, (left, i) => {
    const [right, fold] = [list.right[i] as number, list.fold[i] as number];
    const distance = distances[i] as number;
    return {
      key: JSON.stringify([faces.images[left], faces.images[right], fold]),
      left: personOf(left),
      right: personOf(right),
      distance,
      judgedRight: same[i] === distance <= (thresholdOf.get(fold) as number),
    };
  });
}
