/**
 * Effect of decoding at a reduced scale: every photograph is enlarged to 12 megapixels and processed twice, as a JPEG file,
 * decoded at the scale requested by the stages, and as full-size pixels.
 *
 *     FACENET_DATA=path/to/data node scripts/measure-decoding.ts
 *
 * Prints faces found by both, by one alone, and the squared L2 distance between the two embeddings of a face. Writes
 * docs/results/decoding.json. About five minutes on two cores.
 */
import { readdir, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { overlapOfUnion } from "../src/faces/detection/overlap.ts";
import { FaceNet } from "../src/faces/facenet.ts";
import { quantile } from "../src/metric/statistics.ts";

const PIXELS = 12e6;
const SAME_FACE = 0.5;

const data = process.env.FACENET_DATA;
if (!data) throw new Error("FACENET_DATA must name a folder with photographs/");
const folder = join(data, "photographs");
const facenet = await FaceNet.load();
const distances: number[] = [];
const counts = { photographs: 0, both: 0, reducedOnly: 0, fullOnly: 0 };
for (const name of (await readdir(folder)).filter((file) => /\.jpe?g$/i.test(file))) {
  const { width, height } = await sharp(join(folder, name)).metadata();
  const enlarged = Math.round(width * Math.sqrt(PIXELS / (width * height)));
  const file = await sharp(join(folder, name)).resize(enlarged).jpeg({ quality: 92 }).toBuffer();
  const { data: pixels, info } = await sharp(file)
    .removeAlpha()
    .toColourspace("srgb")
    .raw()
    .toBuffer({ resolveWithObject: true });
  const reduced = (await facenet.embed(new Uint8Array(file))).faces;
  const channels = info.channels as 1 | 3;
  const full = (await facenet.embed({ data: new Uint8Array(pixels), width: info.width, height: info.height, channels })).faces;
  counts.photographs++;
  const partners = reduced.map(({ box }) => full.find((face) => overlapOfUnion(face.box, box) > SAME_FACE));
  for (const [i, partner] of partners.entries()) {
    if (partner) distances.push(facenet.distance(partner.embedding, (reduced[i] as typeof partner).embedding));
  }
  const both = partners.filter((partner) => partner !== undefined).length;
  counts.both += both;
  counts.reducedOnly += reduced.length - both;
  counts.fullOnly += full.length - new Set(partners.filter((partner) => partner !== undefined)).size;
}
await facenet.dispose();
const sorted = distances.sort((a, b) => a - b);
const [median, p95, most] = [0.5, 0.95, 1].map((share) => Math.round(quantile(sorted, share) * 1e5) / 1e5);
const result = { hardware: cpus()[0]?.model, model: facenet.model.id, ...counts, squaredL2: { median, p95, most } };
await writeFile(new URL("../docs/results/decoding.json", import.meta.url), `${JSON.stringify(result, null, 2)}\n`);
console.log(result);
