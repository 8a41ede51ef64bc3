/**
 * Recall by face size on the 150 photographs of FACENET_DATA/photographs, compared with OpenCV's YuNet at its defaults. The
 * reference boxes are those on which two other detectors agree. A face counts as found if a box overlaps its own by an IoU of
 * 0.35.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { overlapOfUnion } from "../src/faces/detection/overlap.ts";
import { FaceNet } from "../src/faces/facenet.ts";
import type { Box } from "../src/schemas/face.ts";
import { type Bench, type Row, single } from "./measure.ts";
import { isInstalled, opencv, startPeer } from "./python-peers.ts";

export type Marked = Box & { readonly groups?: readonly string[] };
export type Marks = Readonly<Record<string, readonly Marked[]>>;
export type Recall = {
  readonly groups: Readonly<Record<string, { readonly found: number; readonly marked: number }>>;
  /** Boxes that overlap too little with every marked face. */
  readonly withoutPartner: number;
};

export const SAME_FACE = 0.35;

export const recall: Bench = async ({ data }) => {
  if (!data) return { skipped: "set FACENET_DATA to a folder with photographs/*.jpg and photographs/faces.json" };
  const folder = join(data, "photographs");
  const marks = await readMarks(join(folder, "faces.json"));
  const facenet = await FaceNet.load();
  const ours = await countFound(
    marks,
    async (name) => (await facenet.detect(join(folder, name))).faces.map(({ box }) => box),
    sizeGroup,
  );
  await facenet.dispose();
  const rows = rowsOf("facenet", ours);
  if (!(await isInstalled(opencv))) return rows;
  const peer = startPeer(opencv.script, ["--boxes"]);
  const theirs = await countFound(marks, async (name) => (await peer.ask<{ boxes: Box[] }>(join(folder, name))).boxes, sizeGroup);
  peer.end();
  return [...rows, ...rowsOf("YuNet", theirs)];
};

function rowsOf(name: string, { groups, withoutPartner }: Recall): Row[] {
  const sizes = Object.entries(groups).map(([group, { found, marked }]) => ({
    name: `${name}, ${group} px, ${found} of ${marked}`,
    unit: "% found",
    value: single((100 * found) / marked),
  }));
  return [...sizes, { name, unit: "boxes without a partner", value: single(withoutPartner) }];
}

export async function readMarks(file: string | URL): Promise<Marks> {
  return JSON.parse(await readFile(file, "utf8")) as Marks;
}

export async function countFound(
  marks: Marks,
  find: (name: string) => Promise<readonly Box[]>,
  groupsOf: (face: Marked) => readonly string[],
): Promise<Recall> {
  const groups: Record<string, { found: number; marked: number }> = {};
  let withoutPartner = 0;
  for (const [name, faces] of Object.entries(marks)) {
    const boxes = await find(name);
    const isSame = (a: Box, b: Box) => overlapOfUnion(a, b) >= SAME_FACE;
    for (const face of faces) {
      for (const group of groupsOf(face)) {
        groups[group] ??= { found: 0, marked: 0 };
        groups[group].marked++;
        if (boxes.some((box) => isSame(box, face))) groups[group].found++;
      }
    }
    withoutPartner += boxes.filter((box) => !faces.some((face) => isSame(box, face))).length;
  }
  return { groups, withoutPartner };
}

export function sizeGroup({ width, height }: Box): readonly string[] {
  const side = Math.max(width, height);
  return [side < 40 ? "under 40" : side < 80 ? "40-80" : side < 160 ? "80-160" : "160 and more"];
}
