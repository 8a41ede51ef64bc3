import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PixelInput } from "../schemas/model-manifest.ts";
import { toNetworkLayout, whitenPlanes } from "./network-input.ts";

describe("whitenPlanes", () => {
  it("scales every face separately to mean 0 and deviation 1", () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 12, maxLength: 12 }), { minLength: 1, maxLength: 4 }),
        (faces) => {
          const values = Float32Array.from(faces.flat());
          whitenPlanes(values, 12);
          const expected = faces.flatMap((face) => {
            const mean = face.reduce((a, b) => a + b) / 12;
            const deviation = Math.sqrt(face.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 12);
            return face.map((value) => (value - mean) / Math.max(deviation, 1 / Math.sqrt(12)));
          });
          for (const [i, value] of expected.entries()) expect(values[i]).toBeCloseTo(value, 4);
        },
      ),
    );
  });

  it("returns zeros for a flat face", () => {
    const flat = new Float32Array(12).fill(80);
    whitenPlanes(flat, 12);
    expect(flat).toEqual(new Float32Array(12));
  });
});

describe("toNetworkLayout", () => {
  const faces = Float32Array.from({ length: 2 * 3 * 2 * 4 }, (_, i) => i);
  const input = (layout: "nchw" | "nhwc") => PixelInput.parse({ width: 4, height: 2, layout });

  it("keeps planes unchanged", () => {
    expect(toNetworkLayout(faces, 2, input("nchw"))).toEqual({ data: faces, dims: [2, 3, 2, 4] });
  });

  it("interleaves colours for networks from TensorFlow", () => {
    const { data, dims } = toNetworkLayout(faces, 2, input("nhwc"));
    expect(dims).toEqual([2, 2, 4, 3]);
    for (let n = 0, at = 0; n < 2; n++) {
      for (let y = 0; y < 2; y++)
        for (let x = 0; x < 4; x++) for (let c = 0; c < 3; c++) expect(data[at++]).toBe(((n * 3 + c) * 2 + y) * 4 + x);
    }
  });
});
