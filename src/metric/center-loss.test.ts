import { describe, expect, it } from "vitest";
import { numericalGradient } from "../../test/numerical-gradient.ts";
import { centerLoss } from "./center-loss.ts";

const embeddings = Float64Array.of(1, 0, 0, 1, 0.5, 0.5);
const labels = [0, 1, 0];
const centers = Float64Array.of(0.2, 0.1, -0.3, 0.4);

describe("centerLoss", () => {
  it("is the mean squared difference from the own center", () => {
    // (0.8^2 + 0.1^2 + 0.3^2 + 0.6^2 + 0.3^2 + 0.4^2) / 6
    expect(centerLoss(embeddings, 2, labels, centers).loss).toBeCloseTo((0.64 + 0.01 + 0.09 + 0.36 + 0.09 + 0.16) / 6, 12);
  });

  it("has the gradient that finite differences have", () => {
    const { gradient } = centerLoss(embeddings, 2, labels, centers);
    const expected = numericalGradient((x) => centerLoss(x, 2, labels, centers).loss, embeddings);
    for (const [i, value] of expected.entries()) expect(gradient[i]).toBeCloseTo(value, 6);
  });

  it("moves each center towards its embeddings, once for each of them", () => {
    const { centers: moved } = centerLoss(embeddings, 2, labels, centers, 0.9);
    const expected = [0.2 + 0.1 * (0.8 + 0.3), 0.1 + 0.1 * (-0.1 + 0.4), -0.3 + 0.1 * 0.3, 0.4 + 0.1 * 0.6];
    for (const [i, value] of expected.entries()) expect(moved[i]).toBeCloseTo(value, 6);
  });

  it("is 0 for an empty batch, and refuses a label without a center", () => {
    expect(centerLoss(new Float32Array(0), 2, [], centers).loss).toBe(0);
    expect(() => centerLoss(embeddings, 2, [0, 1, 2], centers)).toThrow("labels[2]: center 2 of 2");
  });
});
