import { join } from "node:path";
import sharp from "sharp";
import { beforeAll, expect, it } from "vitest";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { compressAsJpeg, scaleToSquare } from "./degrade.ts";

let folder: string;
let file: string;
beforeAll(async () => {
  folder = await temporaryFolder("degrade");
  file = join(folder, "noise.png");
  const data = Uint8Array.from({ length: 64 * 64 * 3 }, (_, i) => (i * 7919) % 256);
  await sharp(data, { raw: { width: 64, height: 64, channels: 3 } })
    .png()
    .toFile(file);
});

it("compressAsJpeg produces fewer bytes at lower quality", async () => {
  const [low, high] = [await compressAsJpeg(file, 10), await compressAsJpeg(file, 90)];
  expect(low.length).toBeLessThan(high.length);
  expect(await sharp(low).metadata()).toMatchObject({ format: "jpeg", width: 64, height: 64 });
});

it("scaleToSquare has the given size, smaller or larger", async () => {
  expect(await sharp(await scaleToSquare(file, 40)).metadata()).toMatchObject({ format: "png", width: 40, height: 40 });
  expect(await sharp(await scaleToSquare(file, 256)).metadata()).toMatchObject({ width: 256, height: 256 });
});
