/**
 * Recall of every shipped detector on real photographs, by group, with 95 % Wilson intervals.
 *
 *     FACENET_DATA=path/to/data node scripts/measure-detection.ts
 *
 * Two sets of boxes: `photographs/faces.json` of the data folder, on which two other detectors agree, with default options; and
 * test/detection/hard-faces.json, annotated by hand, with faces from 20 pixels. A face counts as found if a box overlaps its own
 * by an IoU of 0.35. Unmatched boxes are counted on the first set; check them before calling them false, because not every face
 * is annotated. Writes docs/results/detection.json. About two minutes on two cores.
 */
import { readFile, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { join } from "node:path";
import { countFound, type Marked, type Marks, type Recall, readMarks, SAME_FACE, sizeGroup } from "../bench/recall.ts";
import { FaceNet } from "../src/faces/facenet.ts";
import { readCatalogue } from "../src/models/model-store.ts";

/** The 97.5th percentile of the normal distribution. */
const Z = 1.96;

const data = process.env.FACENET_DATA;
if (!data) throw new Error("FACENET_DATA must name a folder with photographs/ and lfw/");
const photographs = inFolder("photographs", await readMarks(join(data, "photographs/faces.json")));
const hard = await readMarks(new URL("../test/detection/hard-faces.json", import.meta.url));

const resultFile = new URL("../docs/results/detection.json", import.meta.url);
// Keeps the figures of detectors that are no longer shipped.
const results: Record<string, unknown> = {
  ...JSON.parse(await readFile(resultFile, "utf8")),
  hardware: cpus()[0]?.model,
  matchedFrom: SAME_FACE,
};
for (const { id, task } of (await readCatalogue()).models) {
  if (task !== "detection") continue;
  const facenet = await FaceNet.load({ detector: id });
  const find = (minFaceSize?: number) => async (name: string) =>
    (await facenet.detect(join(data, name), { minFaceSize })).faces.map(({ box }) => box);
  const sizes = await countFound(photographs, find(), sizeGroup);
  const hardFaces = await countFound(hard, find(20), ({ groups = [] }: Marked) => groups);
  await facenet.dispose();
  results[id] = {
    photographs: { ...withIntervals(sizes), withoutPartner: sizes.withoutPartner },
    hardFaces: withIntervals(hardFaces),
  };
  console.log(id, JSON.stringify(results[id], null, 1));
}
await writeFile(resultFile, `${JSON.stringify(results, null, 2)}\n`);

function inFolder(folder: string, marks: Marks): Marks {
  return Object.fromEntries(Object.entries(marks).map(([name, boxes]) => [`${folder}/${name}`, boxes]));
}

function withIntervals({ groups }: Recall) {
  return Object.fromEntries(Object.entries(groups).map(([name, count]) => [name, { ...count, ...wilson(count) }]));
}

/** Wilson score interval of a share. */
function wilson({ found, marked }: Recall["groups"][string]): { low: number; high: number } {
  const share = found / marked;
  const centre = share + Z ** 2 / (2 * marked);
  const half = Z * Math.sqrt((share * (1 - share)) / marked + Z ** 2 / (4 * marked ** 2));
  const round = (value: number) => Math.round(value * 1e4) / 1e4;
  return { low: round((centre - half) / (1 + Z ** 2 / marked)), high: round((centre + half) / (1 + Z ** 2 / marked)) };
}
