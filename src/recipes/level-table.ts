/** Levels of a study: evaluates the pairs at each level beside the paper's figure. */
import type { Pair } from "../datasets/pairs.ts";
import type { FaceSet } from "../evaluation/face-set.ts";
import { matchPairs } from "../evaluation/protocols/verification-protocols.ts";
import { verifyPairs } from "../evaluation/verification.ts";
import { seededRandom } from "../metric/seeded-random.ts";
import type { ExperimentLevel } from "../schemas/experiment.ts";
import type { EmbeddingManifest } from "../schemas/model-manifest.ts";
import type { StudyLevel } from "./studies.ts";

/** The pairs to evaluate. */
export type PairData = {
  /** paths, without duplicates */
  readonly images: readonly string[];
  readonly personOf: (image: string) => string;
  readonly pairs: readonly Pair[];
  /** path of each image of the pairs, by `pairImagePath` */
  readonly files: ReadonlyMap<string, string>;
};

export type StudyOptions = { readonly far: number; readonly resamples: number; readonly seed: number };

export type MeasuredLevels = { readonly levels: ExperimentLevel[]; readonly pairs: number; readonly skipped: number };

export type LevelTable = {
  /** @throws RangeError if the pairs cannot be evaluated */
  readonly add: (level: StudyLevel, faces: FaceSet, model: EmbeddingManifest) => void;
  readonly result: () => MeasuredLevels;
};

export function createLevelTable({ images, pairs, files }: PairData, { far, resamples, seed }: StudyOptions): LevelTable {
  const levels: ExperimentLevel[] = [];
  let [measured, skipped] = [0, 0];
  return {
    add({ level, value, paper }, faces, model) {
      const loaded = { faces, model, detector: null, images: images.length, imagesWithoutFace: [], failures: [] };
      const { list, skippedPairs } = matchPairs(pairs, files, loaded);
      const figures = verifyPairs(faces, list, {
        fars: [far],
        definitions: "paper",
        modelThresholds: [],
        bootstrap: { resamples, random: seededRandom(seed) },
      });
      const [val] = figures.val;
      if (!val) throw new RangeError("a study needs a false accept rate");
      const { mean, standardError, standardDeviation, interval } = val;
      const spread = { mean, standardError, standardDeviation, interval };
      levels.push({ level, value, paper, accuracy: figures.accuracy, val: spread });
      [measured, skipped] = [figures.pairs, skippedPairs.length];
    },
    result: () => ({ levels, pairs: measured, skipped }),
  };
}

/** Level, accuracy, VAL and the paper's VAL in percent, each mean +- standard error. */
export function levelRows(levels: readonly ExperimentLevel[]): string[][] {
  const percent = (value: number): string => (100 * value).toFixed(2);
  return levels.map(({ level, accuracy, val, paper }) => [
    level,
    `${percent(accuracy.mean)} +- ${percent(accuracy.standardError)}`,
    `${percent(val.mean)} +- ${percent(val.standardError)}`,
    paper === null
      ? ""
      : `${(100 * paper.val).toFixed(1)}${paper.standardError === null ? "" : ` +- ${(100 * paper.standardError).toFixed(1)}`}`,
  ]);
}
