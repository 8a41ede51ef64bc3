/**
 * Recall of every shipped detector on real photographs, by group, with Wilson intervals of 95 %.
 *
 *     FACENET_DATA=path/to/data node scripts/measure-detection.ts
 *
 * Two sets of boxes: `photographs/faces.json` of the data folder, on which two other detectors agree, at the default
 * options; and test/detection/hard-faces.json, marked by eye, from 20 pixels on. A face counts as found when a box shares
 * 0.35 of the union with its own. Boxes without a partner are counted on the first set; look at them before calling
 * them false, since not every face is marked. Writes docs/results/detection.json. About two minutes on two cores.
 */
import { readFile, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { join } from "node:path";
import { overlapOfUnion } from "../src/faces/detection/overlap.ts";
import { FaceNet, type LookOptions } from "../src/faces/facenet.ts";
import { readCatalogue } from "../src/models/model-store.ts";
import type { Box } from "../src/schemas/face.ts";

type Marked = Box & { readonly groups?: readonly string[] };
type Count = { found: number; marked: number };

const SAME_FACE = 0.35;
/** The 97.5th percentile of the normal distribution. */
const Z = 1.96;

const data = process.env.FACENET_DATA;
if (!data) throw new Error("FACENET_DATA must name a folder with photographs/ and lfw/");
const photographs = inFolder("photographs", await readMarks(join(data, "photographs/faces.json")));
const hard = await readMarks(new URL("../test/detection/hard-faces.json", import.meta.url));

const resultFile = new URL("../docs/results/detection.json", import.meta.url);
// Detectors that are shipped no more keep their figures.
const results: Record<string, unknown> = {
  ...JSON.parse(await readFile(resultFile, "utf8")),
  hardware: cpus()[0]?.model,
  matchedFrom: SAME_FACE,
};
for (const { id, task } of (await readCatalogue()).models) {
  if (task !== "detection") continue;
  const facenet = await FaceNet.load({ detector: id });
  const sizes = await recall(facenet, photographs, {}, sizeGroup);
  const groups = await recall(facenet, hard, { minFaceSize: 20 }, ({ groups = [] }) => groups);
  await facenet.dispose();
  results[id] = { photographs: sizes, hardFaces: groups };
  console.log(id, JSON.stringify(results[id], null, 1));
}
await writeFile(resultFile, `${JSON.stringify(results, null, 2)}\n`);

async function readMarks(file: string | URL): Promise<Record<string, Marked[]>> {
  return JSON.parse(await readFile(file, "utf8")) as Record<string, Marked[]>;
}

function inFolder(folder: string, marks: Record<string, Marked[]>): Record<string, Marked[]> {
  return Object.fromEntries(Object.entries(marks).map(([name, boxes]) => [`${folder}/${name}`, boxes]));
}

function sizeGroup({ width, height }: Marked): readonly string[] {
  const side = Math.max(width, height);
  return [side < 40 ? "under 40" : side < 80 ? "40-80" : side < 160 ? "80-160" : "160 and more"];
}

async function recall(
  facenet: FaceNet,
  marks: Record<string, Marked[]>,
  options: LookOptions,
  groupsOf: (box: Marked) => readonly string[],
) {
  const counts: Record<string, Count> = {};
  let withoutPartner = 0;
  const names = Object.keys(marks);
  for await (const item of facenet.detect(
    names.map((name) => join(data as string, name)),
    options,
  )) {
    if (!item.ok) throw item.error;
    const boxes = marks[names[item.index] as string] ?? [];
    const { faces } = item.value;
    for (const box of boxes) {
      const isFound = faces.some((face) => overlapOfUnion(face.box, box) >= SAME_FACE);
      for (const group of groupsOf(box)) {
        counts[group] ??= { found: 0, marked: 0 };
        counts[group].marked++;
        if (isFound) counts[group].found++;
      }
    }
    withoutPartner += faces.filter((face) => boxes.every((box) => overlapOfUnion(face.box, box) < SAME_FACE)).length;
  }
  const groups = Object.entries(counts).map(([name, count]) => [name, { ...count, ...wilson(count) }]);
  return { ...Object.fromEntries(groups), ...(marks === photographs ? { withoutPartner } : {}) };
}

/** Wilson score interval of a share. */
function wilson({ found, marked }: Count): { low: number; high: number } {
  const share = found / marked;
  const centre = share + Z ** 2 / (2 * marked);
  const half = Z * Math.sqrt((share * (1 - share)) / marked + Z ** 2 / (4 * marked ** 2));
  const round = (value: number) => Math.round(value * 1e4) / 1e4;
  return { low: round((centre - half) / (1 + Z ** 2 / marked)), high: round((centre + half) / (1 + Z ** 2 / marked)) };
}
