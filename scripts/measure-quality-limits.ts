/**
 * Where the limits of src/faces/quality come from: how often two photographs of one person still verify when the second
 * is blurred, made small, or shows the head turned.
 *
 *     node scripts/measure-quality-limits.ts path/to/lfw/images
 */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { FaceNet } from "../src/faces/facenet.ts";
import { thresholdForFar } from "../src/faces/verdict.ts";
import type { EmbeddedFace } from "../src/schemas/face.ts";

const PEOPLE = 300;
const folder = process.argv[2];
if (!folder) throw new Error("usage: node scripts/measure-quality-limits.ts FOLDER");
const pairs: [string, string][] = [];
for (const person of (await readdir(folder)).sort()) {
  const files = (await readdir(join(folder, person))).sort();
  if (files.length >= 2 && pairs.length < PEOPLE)
    pairs.push([join(folder, person, files[0] as string), join(folder, person, files[1] as string)]);
}
const facenet = await FaceNet.load();
const threshold = thresholdForFar(facenet.model, 1e-3);

async function faces(images: (string | Buffer)[]): Promise<(EmbeddedFace | undefined)[]> {
  const found: (EmbeddedFace | undefined)[] = [];
  for await (const item of facenet.embed(images, { faces: "central", minFaceSize: 12, minConfidence: 0.5 }))
    found.push(item.ok ? item.value.faces[0] : undefined);
  return found;
}

const median = (values: number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
const references = await faces(pairs.map(([first]) => first));
const variants: [string, (path: string) => Promise<Buffer>][] = [["as it is", (path) => sharp(path).png().toBuffer()]];
for (const sigma of [0.5, 1, 1.5, 2, 3, 4])
  variants.push([`blur sigma ${sigma}`, (path) => sharp(path).blur(sigma).png().toBuffer()]);
for (const side of [200, 150, 125, 100, 75, 60, 50, 40])
  variants.push([`${side} x ${side} pixels`, (path) => sharp(path).resize(side, side).png().toBuffer()]);

console.log(`${pairs.length} people, threshold ${threshold.toFixed(3)} (FAR 1e-3), model ${facenet.model.id}`);
const everything: { yaw: number; pitch: number; ok: boolean }[] = [];
for (const [name, make] of variants) {
  const probes = await faces(await Promise.all(pairs.map(([, second]) => make(second))));
  const rows = probes.flatMap((probe, i) => {
    const reference = references[i];
    return probe && reference
      ? [{ quality: probe.quality, ok: facenet.distance(probe.embedding, reference.embedding) <= threshold }]
      : [];
  });
  const share = (rows.filter(({ ok }) => ok).length / rows.length) * 100;
  const quality = (key: "sizePx" | "sharpness") => median(rows.map((row) => row.quality[key]));
  console.log(
    `${name.padEnd(20)} found ${String(rows.length).padStart(4)}  verified ${share.toFixed(1).padStart(5)} %  size ${quality("sizePx").toFixed(0).padStart(4)}  sharpness ${quality("sharpness").toFixed(1).padStart(7)}`,
  );
  if (name === "as it is")
    for (const { quality: q, ok } of rows) everything.push({ yaw: Math.abs(q.yawDegrees), pitch: q.pitchDegrees, ok });
}
for (const key of ["yaw", "pitch"] as const) {
  const values = everything.map((row) => row[key]).sort((a, b) => a - b);
  const at = (share: number) => values[Math.floor(share * (values.length - 1))]?.toFixed(0);
  console.log(`${key}: 1 % ${at(0.01)}, 5 % ${at(0.05)}, median ${at(0.5)}, 95 % ${at(0.95)}, 99 % ${at(0.99)} degrees`);
}
await facenet.dispose();
