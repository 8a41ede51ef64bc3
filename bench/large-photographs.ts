/**
 * Cost of a large photograph relative to its copy at 1280 pixels, from file to embeddings: 12 and 48 megapixels, enlarged from a
 * sample. Its faces are large, as in most photographs of people; small faces require a second decoding.
 */
import sharp from "sharp";
import { FaceNet } from "../src/faces/facenet.ts";
import { type Bench, msEach, race, speedOf } from "./measure.ts";
import { samplePaths } from "./samples.ts";

const SIZES = [
  { name: "1280 pixels", width: 1280 },
  { name: "12 megapixels", width: 4096, most: 1.5 },
  { name: "48 megapixels", width: 8192, most: 3 },
] as const;

export const largePhotographs: Bench = async () => {
  const facenet = await FaceNet.load({ threads: 1 });
  const sample = samplePaths[0] as string;
  const files = await Promise.all(
    SIZES.map(async ({ width }) =>
      sharp(sample)
        .resize(width)
        .jpeg({ quality: 90 })
        .toBuffer()
        .then((data) => new Uint8Array(data)),
    ),
  );
  const contestants = Object.fromEntries(
    SIZES.map(({ name }, i) => [name, async () => void (await facenet.embed(files[i] as Uint8Array))]),
  );
  const lapsOf = await race(contestants, { rounds: 7 });
  await facenet.dispose();
  const [copy] = SIZES;
  return SIZES.map(({ name, ...size }) => ({
    name,
    unit: "ms a photograph",
    value: msEach(lapsOf(name), 1),
    ...("most" in size
      ? {
          speed: { times: speedOf(lapsOf(copy.name), lapsOf(name)), as: "its 1280-pixel copy's time" },
          target: { of: "speed", limit: "at most", number: size.most } as const,
        }
      : {}),
  }));
};
