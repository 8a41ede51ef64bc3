import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FaceNetError } from "../errors.ts";
import type { Embedding } from "../schemas/face.ts";
import type { EmbeddingManifest } from "../schemas/model-manifest.ts";
import { embeddingDistance, farAtDistance, probabilityOfSame, thresholdForFar, wantedRate } from "./verdict.ts";

const manifest = {
  thresholds: [
    { far: 1e-2, distance: 1.4 },
    { far: 1e-4, distance: 1.0 },
    { far: 1e-3, distance: 1.25 },
  ],
  probability: { midpoint: 1.3, slope: 10 },
} as EmbeddingManifest;

const embedding = (model: string, ...code: number[]): Embedding => ({
  model,
  code: Int8Array.from(code),
  vector: Float32Array.from(code, (step) => step / 10),
});

describe("embeddingDistance", () => {
  const [a, b] = [embedding("m.a", 6, 8), embedding("m.a", 0, 5)];

  it("uses the representation of the model's thresholds", () => {
    const fields = { size: 2, metric: "squared-l2", codeScale: 0.1, mirrored: false } as const;
    // directions (0.6, 0.8) and (0, 1): 2 - 2 * 0.8; vectors as they are: 0.6² + 0.3²
    expect(embeddingDistance(a, b, { ...fields, compared: "bytes" })).toBeCloseTo(0.4, 9);
    expect(embeddingDistance(a, b, { ...fields, compared: "floats" })).toBeCloseTo(0.45, 6);
  });

  it("rejects embeddings of two models, naming both", () => {
    const fields = { size: 2, metric: "squared-l2", codeScale: 0.1, mirrored: false, compared: "floats" } as const;
    expect(() => embeddingDistance(a, embedding("m.b", 1, 2), fields)).toThrow("embeddings of m.a and m.b cannot be compared");
  });
});

describe("thresholdForFar", () => {
  it("returns the measured thresholds", () => {
    for (const { far, distance } of manifest.thresholds) expect(thresholdForFar(manifest, far)).toBe(distance);
  });

  it("interpolates over the logarithm of the rate", () => {
    expect(thresholdForFar(manifest, Math.sqrt(1e-2 * 1e-3))).toBeCloseTo((1.4 + 1.25) / 2, 12);
    expect(thresholdForFar(manifest, 1e-4 * 10 ** 0.2)).toBeCloseTo(1.0 + 0.2 * 0.25, 12);
  });

  it.each([0.5, 1e-6])("rejects an unmeasured rate: %d", (far) => {
    const error = (() => {
      try {
        return thresholdForFar(manifest, far);
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toBeInstanceOf(FaceNetError);
    expect(error).toMatchObject({
      code: "OPTION_INVALID",
      message: `fmr: must be within the measured rates, 0.0001 to 0.01; got ${far}.`,
    });
  });
});

describe("wantedRate", () => {
  it("accepts either of two names", () => {
    expect(wantedRate({})).toBe(1e-3);
    expect(wantedRate({}, 1e-4)).toBe(1e-4);
    expect(wantedRate({ far: 1e-2 })).toBe(1e-2);
    expect(wantedRate({ fmr: 1e-2, far: 1e-2 })).toBe(1e-2);
    expect(() => wantedRate({ fmr: 1e-2, far: 1e-3 })).toThrow(/is an alias of fmr; got 0.001 and 0.01/);
  });
});

describe("farAtDistance", () => {
  it("inverts a threshold to its rate", () => {
    const exponent = fc.double({ min: -4, max: -2, noNaN: true });
    fc.assert(
      fc.property(exponent, (e) => {
        expect(Math.log10(farAtDistance(manifest, thresholdForFar(manifest, 10 ** e)))).toBeCloseTo(e, 9);
      }),
    );
  });

  it("is limited to the measured range", () => {
    expect(farAtDistance(manifest, 0)).toBe(1e-4);
    expect(farAtDistance(manifest, 4)).toBe(1e-2);
  });
});

describe("probabilityOfSame", () => {
  it("is a half at the midpoint and falls with distance", () => {
    expect(probabilityOfSame(manifest, 1.3)).toBe(0.5);
    expect(probabilityOfSame(manifest, 1.2)).toBeCloseTo(1 / (1 + Math.exp(-1)), 12);
    expect(probabilityOfSame(manifest, 4)).toBeLessThan(1e-9);
  });

  it("is undefined for a model without a curve", () => {
    const { probability: _, ...without } = manifest;
    expect(probabilityOfSame(without as EmbeddingManifest, 1)).toBeUndefined();
  });
});
