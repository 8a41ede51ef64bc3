import { describe, expect, it } from "vitest";
import { decodeImage } from "./decode.ts";
import { faceThumbnail } from "./face-thumbnail.ts";

/** Black, with one white square. */
function picture(width: number, height: number, square: { x: number; y: number; side: number }) {
  const data = new Uint8Array(width * height * 3);
  for (let y = square.y; y < square.y + square.side; y++)
    for (let x = square.x; x < square.x + square.side; x++) data.fill(255, (y * width + x) * 3, (y * width + x) * 3 + 3);
  return { data, width, height };
}

/** Mean brightness, 0 to 255, of the middle half and of the corner. */
async function look(jpeg: Uint8Array) {
  const { data, width, height } = await decodeImage(jpeg);
  const at = (x: number, y: number) => data[(Math.floor(y * height) * width + Math.floor(x * width)) * 3] as number;
  return { width, height, middle: at(0.5, 0.5), corner: at(0.02, 0.02) };
}

describe("faceThumbnail", () => {
  it("shows the box in the centre with some context", async () => {
    const image = picture(400, 300, { x: 100, y: 80, side: 100 });
    const seen = await look(await faceThumbnail(image, { x: 100, y: 80, width: 100, height: 100 }, { sidePx: 64 }));
    expect([seen.width, seen.height]).toEqual([64, 64]);
    expect(seen.middle).toBeGreaterThan(230);
    expect(seen.corner).toBeLessThan(25);
  });

  it("stays inside the photograph, even if the box does not", async () => {
    const image = picture(200, 100, { x: 160, y: 0, side: 40 });
    const seen = await look(await faceThumbnail(image, { x: 160, y: -30, width: 90, height: 70 }, { sidePx: 64 }));
    expect([seen.width, seen.height]).toEqual([64, 64]);
  });

  it("does not enlarge a small face, and uses the centre without a box", async () => {
    const image = picture(200, 100, { x: 0, y: 0, side: 1 });
    expect((await look(await faceThumbnail(image, { x: 20, y: 20, width: 10, height: 10 }, { sidePx: 96 }))).width).toBe(16);
    expect((await look(await faceThumbnail(image, null, { sidePx: 50 }))).width).toBe(50);
  });
});
