import { describe, expect, it } from "vitest";
import { createEmbeddingMatrix } from "../metric/embedding-matrix.ts";
import { seededRandom } from "../metric/seeded-random.ts";
import { mcnemarExact } from "./mcnemar.ts";
import { type JudgedPairs, pairedSignificance } from "./paired-significance.ts";

/** Faces on a half circle: the angle between two gives their distance. Two images a person. */
function judged(model: string, angles: readonly number[], thresholds: readonly number[]): JudgedPairs {
  const faces = {
    images: angles.map((_, i) => `image-${i}.jpg`),
    boxes: angles.map(() => null),
    people: Array.from({ length: angles.length / 2 }, (_, person) => `person-${person}`),
    person: Uint32Array.from(angles, (_, i) => Math.floor(i / 2)),
    embeddings: createEmbeddingMatrix(
      angles.map((angle) => Float32Array.of(Math.cos(angle), Math.sin(angle))),
      "floats",
    ),
  };
  const rows = angles.flatMap((_, i) => angles.flatMap((__, j) => (j > i ? [[i, j, (i + j) % thresholds.length]] : [])));
  return {
    model,
    faces,
    list: {
      left: Uint32Array.from(rows, ([left]) => left as number),
      right: Uint32Array.from(rows, ([, right]) => right as number),
      fold: Uint32Array.from(rows, ([, , fold]) => fold as number),
    },
    folds: thresholds.map((threshold, fold) => ({ fold, threshold, accuracy: 1, pairs: 1 })),
  };
}

const random = seededRandom(2);
const anglesOf = (noise: number) => Array.from({ length: 24 }, (_, i) => Math.floor(i / 2) * 0.25 + noise * random());
const [sharp, blurred] = [judged("sharp", anglesOf(0.1), [0.02, 0.03]), judged("blurred", anglesOf(0.5), [0.02, 0.05])];
const bootstrap = () => ({ resamples: 100, random: seededRandom(1) });

/** Is a pair judged rightly? Everything looked up by names, pair by pair. */
function naiveRight({ faces, list, folds }: JudgedPairs): Map<string, boolean> {
  return new Map(
    Array.from(list.left, (left, i) => {
      const [x, y] = [left, list.right[i] as number].map((face) => faces.embeddings.rows.slice(face * 2, face * 2 + 2)) as [
        Float32Array,
        Float32Array,
      ];
      const distance = ((x[0] as number) - (y[0] as number)) ** 2 + ((x[1] as number) - (y[1] as number)) ** 2;
      const fold = folds.find((one) => one.fold === list.fold[i]);
      const same = faces.person[left] === faces.person[list.right[i] as number];
      return [`${faces.images[left]} ${faces.images[list.right[i] as number]}`, same === distance <= (fold?.threshold ?? 0)];
    }),
  );
}

describe("pairedSignificance", () => {
  it("counts disagreements as a comparison pair by pair does, each model at its own folds' thresholds", () => {
    const result = pairedSignificance(sharp, blurred, [0.05], bootstrap());
    const [a, b] = [naiveRight(sharp), naiveRight(blurred)];
    const onlyARight = [...a].filter(([pair, right]) => right && !b.get(pair)).length;
    const onlyBRight = [...a].filter(([pair, right]) => !right && b.get(pair)).length;
    expect(onlyARight).toBeGreaterThan(onlyBRight);
    expect(result).toMatchObject({ a: "sharp", b: "blurred", pairs: (24 * 23) / 2 });
    expect(result.accuracy).toEqual({ onlyARight, onlyBRight, pValue: mcnemarExact({ onlyA: onlyARight, onlyB: onlyBRight }) });
    expect(result.val[0]?.difference).toBeGreaterThan(0);
  });

  it("looks at pairs that both could measure only", () => {
    const list = { left: blurred.list.left.slice(50), right: blurred.list.right.slice(50), fold: blurred.list.fold.slice(50) };
    expect(pairedSignificance(sharp, { ...blurred, list }, [0.05], bootstrap()).pairs).toBe((24 * 23) / 2 - 50);
  });

  it("finds a model as good as itself", () => {
    const { accuracy, val } = pairedSignificance(sharp, { ...sharp, model: "again" }, [0.05], bootstrap());
    expect(accuracy).toEqual({ onlyARight: 0, onlyBRight: 0, pValue: 1 });
    expect(val[0]).toMatchObject({ difference: 0, pValue: 1 });
  });
});
