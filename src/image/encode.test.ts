import { describe, expect, it } from "vitest";
import { decodeImage } from "./decode.ts";
import { encodeJpeg, encodePng, encodeSvgAsPng } from "./encode.ts";

const orange = (width: number, height: number) => {
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < data.length; i += 3) data.set([240, 140, 20], i);
  return { data, width, height };
};

describe("encodeJpeg", () => {
  it("scales the longer side down and keeps shape and colour", async () => {
    const { data, width, height } = await decodeImage(await encodeJpeg(orange(400, 200), { maxSide: 100, quality: 90 }));
    expect([width, height]).toEqual([100, 50]);
    for (const [channel, value] of [240, 140, 20].entries()) expect(Math.abs((data[channel] as number) - value)).toBeLessThan(6);
  });

  it("does not enlarge a small picture", async () => {
    const { width, height } = await decodeImage(await encodeJpeg(orange(20, 30), { maxSide: 100, quality: 90 }));
    expect([width, height]).toEqual([20, 30]);
  });
});

describe("encodePng", () => {
  it("round-trips the picture, pixel for pixel", async () => {
    const data = Uint8Array.from({ length: 7 * 5 * 3 }, (_, i) => (i * 37) % 256);
    const back = await decodeImage(await encodePng({ data, width: 7, height: 5 }));
    expect([back.width, back.height, ...back.data]).toEqual([7, 5, ...data]);
  });
});

describe("encodeSvgAsPng", () => {
  it("renders the light colours, at the given scale", async () => {
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10" viewBox="0 0 20 10">
      <style>@media (prefers-color-scheme:dark){rect{fill:#000}}</style><rect width="20" height="10" fill="#ff0000"/></svg>`;
    const { data, width, height } = await decodeImage(await encodeSvgAsPng(svg, 3));
    expect([width, height]).toEqual([60, 30]);
    expect([...data.slice(0, 3)]).toEqual([255, 0, 0]);
  });
});
