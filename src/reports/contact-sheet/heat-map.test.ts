import { describe, expect, it } from "vitest";
import { HEAT_MAP_FACES, heatMap, shade } from "./heat-map.ts";
import type { SheetFace } from "./sheet.ts";

const quality = {
  sizePx: 1,
  sharpness: 1,
  yawDegrees: 0,
  pitchDegrees: 0,
  rollDegrees: 0,
  confidence: 1,
  acceptable: true,
  reasons: [],
};
const faces = (count: number): SheetFace[] =>
  Array.from({ length: count }, (_, photograph) => ({
    photograph,
    box: { x: 0, y: 0, width: 1, height: 1 },
    quality,
    portrait: "data:,",
  }));
const matrix = (count: number, distance: number) =>
  Array.from({ length: count }, (_, a) => Array.from({ length: count }, (_, b) => (a === b ? 0 : distance)));
const titles = (svg: string) => [...svg.matchAll(/<title>(.*?)<\/title>/g)].map(([, title]) => title);

describe("heatMap", () => {
  it("lists the pairs in the order of the groups, on both sides of the diagonal", () => {
    const distances = [
      [0, 2.1, 0.5],
      [2.1, 0, 1.9],
      [0.5, 1.9, 0],
    ];
    const svg = heatMap({ faces: faces(3), distances, groups: [[0, 2], [1]], threshold: 1 }).source;
    expect(titles(svg)).toEqual([
      "1 and 3: 0.50",
      "1 and 2: 2.10",
      "3 and 1: 0.50",
      "3 and 2: 1.90",
      "2 and 1: 2.10",
      "2 and 3: 1.90",
    ]);
  });

  it("frames only groups of several faces", () => {
    const svg = heatMap({ faces: faces(3), distances: matrix(3, 1), groups: [[0, 2], [1]], threshold: 1 }).source;
    expect(svg.match(/class="frame /g)).toHaveLength(1);
  });

  it("omits unreadably small numbers, and faces beyond its limit", () => {
    const map = (count: number) =>
      heatMap({ faces: faces(count), distances: matrix(count, 2), groups: matrix(count, 2).map((_, i) => [i]), threshold: 1 })
        .source;
    expect(map(5)).toContain("2.00</text>");
    expect(map(30)).not.toContain("2.00</text>");
    expect(map(HEAT_MAP_FACES + 1)).not.toContain(`portrait-${HEAT_MAP_FACES}"`);
  });
});

describe("shade", () => {
  it("is in colour up to the threshold and grey beyond, never darker for a larger distance", () => {
    expect([shade(1.28, 1.28).kind, shade(1.281, 1.28).kind]).toEqual(["near", "far"]);
    const opacities = [0, 0.5, 1.28, 1.29, 2, 3, 4].map((distance) => shade(distance, 1.28).opacity);
    expect(opacities).toEqual(opacities.toSorted((a, b) => b - a));
    expect([opacities[0], opacities.at(-1)]).toEqual([1, 0]);
  });

  it("is defined at both ends of the scale", () => {
    expect(shade(0, 0)).toEqual({ kind: "near", opacity: 1 });
    expect(shade(4, 4)).toEqual({ kind: "near", opacity: 0.75 });
  });
});
