import { describe, expect, it } from "vitest";
import { colours, ink, paper, seriesStyle, soft } from "./svg-frame.ts";

/** WCAG 2.2 relative luminance of #rrggbb. */
function luminance(colour: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

describe("the palette", () => {
  it("has contrast 3:1 for lines and 4.5:1 for text on light and dark paper", () => {
    for (let series = 0; series < 6; series++) {
      const { colour } = seriesStyle(series);
      expect(contrast(colour, paper.light), colour).toBeGreaterThanOrEqual(3);
      const dark = colours.find(({ light }) => light === colour)?.dark ?? paper.dark;
      expect(contrast(dark, paper.dark), dark).toBeGreaterThanOrEqual(3);
    }
    for (const text of [ink, soft]) {
      expect(contrast(text.light, paper.light)).toBeGreaterThanOrEqual(4.5);
      expect(contrast(text.dark, paper.dark)).toBeGreaterThanOrEqual(4.5);
    }
  });

  it("never gives two of 24 series the same colour, dash and symbol", () => {
    const styles = Array.from({ length: 24 }, (_, series) => JSON.stringify(seriesStyle(series)));
    expect(new Set(styles).size).toBe(24);
  });

  it("distinguishes the first six series without colour", () => {
    const styles = Array.from({ length: 6 }, (_, series) => seriesStyle(series));
    expect(new Set(styles.map(({ dash }) => dash)).size).toBe(6);
    expect(new Set(styles.map(({ symbol }) => symbol)).size).toBe(6);
  });

  it("has no light colour twice, because dark ones are looked up by it", () => {
    expect(new Set(colours.map(({ light }) => light)).size).toBe(colours.length);
  });
});
