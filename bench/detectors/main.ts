/**
 * Compares face detectors on photographs whose faces are known; docs/decisions/0003-detector.md reads the result.
 *
 *     FACENET_DATA=path/to/data node bench/detectors/main.ts [--half reporting] [--output results.json] [--look folder]
 *
 * `lfw/images` under FACENET_DATA holds Labeled Faces in the Wild. The photographs of the half "choosing" served to
 * choose constants, those of "reporting" are only reported: other people, other seeds. Takes about two minutes.
 */
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import sharp from "sharp";
import { describeMachine } from "../machine.ts";
import { createCandidates, shippedMtcnn } from "./candidates.ts";
import { compare } from "./compare.ts";
import { type Half, halves, preparePhotographs } from "./halves.ts";
import { markdown } from "./table.ts";

const { values } = parseArgs({
  options: { half: { type: "string", default: "reporting" }, output: { type: "string" }, look: { type: "string" } },
});
const data = process.env.FACENET_DATA;
const images = join(data ?? "", "lfw/images");

if (!data || !existsSync(images)) {
  console.log("detectors: skipped, no LFW images. Set FACENET_DATA to a folder that holds lfw/images.");
} else if (!(values.half in halves)) {
  console.error(`detectors: --half must be ${Object.keys(halves).join(" or ")}, got ${values.half}`);
  process.exitCode = 1;
} else {
  await main(values.half as Half);
}

async function main(half: Half): Promise<void> {
  const prepared = await preparePhotographs(images, half, await shippedMtcnn());
  if (values.look) return saveAll(prepared.photographs(), values.look);
  const results = await compare(await createCandidates(), prepared.photographs(), (count) =>
    process.stderr.write(`\r${count} photographs`),
  );
  process.stderr.write("\n");
  console.log(markdown(results));
  if (!values.output) return;
  const { faces, skipped } = prepared;
  const about = {
    machine: await describeMachine(),
    threads: 1,
    half,
    faces,
    skipped,
  };
  await writeFile(values.output, `${JSON.stringify({ ...about, results }, null, 2)}\n`);
}

/** The photographs themselves, known faces framed, to look at. */
async function saveAll(
  photographs: ReturnType<Awaited<ReturnType<typeof preparePhotographs>>["photographs"]>,
  folder: string,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  let count = 0;
  for await (const { image, faces, group, variant } of photographs) {
    const { data: pixels, width, height } = image;
    const frames = faces.map(({ box, points }) => {
      const dots = points.map(({ x, y }) => `<circle cx="${x}" cy="${y}" r="1" fill="lime"/>`).join("");
      return `<rect x="${box.left}" y="${box.top}" width="${box.right - box.left}" height="${box.bottom - box.top}" fill="none" stroke="lime"/>${dots}`;
    });
    const input = Buffer.from(
      `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${frames.join("")}</svg>`,
    );
    await sharp(pixels, { raw: { width, height, channels: 3 } })
      .composite([{ input }])
      .jpeg()
      .toFile(join(folder, `${String(++count).padStart(2, "0")}-${group}-${variant}.jpg`));
  }
}
