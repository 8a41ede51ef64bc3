/** Faces from a hundredth of a photograph's side to all of it: close-ups, a panorama, a crowd. */
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FaceNet } from "../../src/faces/facenet.ts";
import type { Face } from "../../src/schemas/face.ts";
import { sampleNames, samplePhotograph } from "../sample-photographs.ts";

let facenet: FaceNet;
/** Every face of the samples, with some context. */
let portraits: { readonly picture: Buffer; readonly name: string }[];
const samples: { readonly path: string; readonly faces: Face[] }[] = [];

beforeAll(async () => {
  facenet = await FaceNet.load();
  for (const name of sampleNames) {
    const { faces } = await facenet.detect(samplePhotograph(name));
    samples.push({ path: samplePhotograph(name), faces });
  }
  const all = samples.flatMap(({ path, faces }) => faces.map((face, i) => ({ path, face, name: `${path} ${i}` })));
  portraits = await Promise.all(all.map(async ({ path, face, name }) => ({ name, picture: await cutAround(path, face, 0.5) })));
});
afterAll(() => facenet.dispose());

/** @param margin on each side of the box, as a share of it; limited by the photograph */
async function cutAround(path: string, { box }: Face, margin: number): Promise<Buffer> {
  const { width, height } = await sharp(path).metadata();
  const left = Math.max(0, Math.round(box.x - margin * box.width));
  const top = Math.max(0, Math.round(box.y - margin * box.height));
  const right = Math.min(width, Math.round(box.x + (1 + margin) * box.width));
  const bottom = Math.min(height, Math.round(box.y + (1 + margin) * box.height));
  return sharp(path)
    .extract({ left, top, width: right - left, height: bottom - top })
    .png({ compressionLevel: 0 })
    .toBuffer();
}

const bytesOf = (picture: Buffer): Uint8Array => new Uint8Array(picture);

describe("photographs of unusual shape", () => {
  it.each([
    [300, 0],
    [640, 1],
    [960, 2],
    [1280, 0],
    [2000, 1],
    [4000, 2],
  ])("a close-up of %i pixels is one face, whoever it shows", { timeout: 120_000 }, async (side, third) => {
    const wrong: string[] = [];
    const all = samples.flatMap(({ path, faces }) => faces.map((face) => ({ path, face })));
    for (const [i, { path, face }] of all.entries()) {
      if (i % 3 !== third) continue; // each size shows a third of them
      const close = await sharp(await cutAround(path, face, 0.12))
        .resize(side, side, { fit: "inside" })
        .jpeg()
        .toBuffer();
      const found = await facenet.detect(bytesOf(close));
      if (found.faces.length !== 1) wrong.push(`${path} ${i}: ${found.faces.length}`);
    }
    expect(wrong).toEqual([]);
  });

  it("finds every face of a panorama of 20,000 pixels", { timeout: 120_000 }, async () => {
    const height = 1000;
    const layers: { input: Buffer; left: number; top: number }[] = [];
    let wanted = 0;
    for (let left = 0, i = 0; left < 18_500; i++) {
      const { path, faces } = samples[i % samples.length] as (typeof samples)[number];
      const { data, info } = await sharp(path)
        .resize({ height })
        .png({ compressionLevel: 0 })
        .toBuffer({ resolveWithObject: true });
      layers.push({ input: data, left, top: 0 });
      left += info.width;
      wanted += faces.length;
    }
    const panorama = sharp({ create: { width: 20_000, height, channels: 3, background: "#b0b8c0" } }).composite(layers);
    const { faces } = await facenet.detect(bytesOf(await panorama.jpeg().toBuffer()));
    expect(faces.length).toBe(wanted);
  });

  it("finds every face of a crowd of 100 in 12 megapixels", { timeout: 120_000 }, async () => {
    const cell = { width: 400, height: 300 };
    const layers = await Promise.all(
      Array.from({ length: 100 }, async (_, i) => {
        const { picture } = portraits[i % portraits.length] as (typeof portraits)[number];
        const size = 150 + ((i * 37) % 90); // of which the face is half
        const portrait = sharp(picture).resize(size, size, { fit: "inside" });
        const input = await (i % 2 === 0 ? portrait : portrait.flop()).png({ compressionLevel: 0 }).toBuffer();
        return { input, left: (i % 10) * cell.width + ((i * 53) % 150), top: Math.floor(i / 10) * cell.height + ((i * 29) % 50) };
      }),
    );
    const background = { width: 4000, height: 3000, channels: 3, background: "#8a9078" } as const;
    const crowd = await sharp({ create: background }).composite(layers).jpeg({ quality: 92 }).toBuffer();
    const { faces } = await facenet.detect(bytesOf(crowd));
    expect(faces.length).toBe(100);
  });
});
