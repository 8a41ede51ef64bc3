/**
 * Derives the limits of src/faces/quality.
 *
 *     FACENET_DATA=path/to/data node scripts/measure-quality.ts
 *
 * 1. Error versus discard as in NIST's FRTE Quality: all same pairs (LFW's people with at least two photographs, and a second population) at the
 *    shipped threshold of FAR 1e-3. The quality of a pair is that of its worse face; the worst pairs are discarded by each measure separately,
 *    and the false reject rate (FRR) of the rest is reported. An uninformative measure leaves it unchanged.
 * 2. Degraded pictures: the second photograph of a person blurred, reduced, or cropped. Reports the FRR of each, and the share called
 *    acceptable.
 *
 * Writes docs/results/quality.json. About five minutes on two cores.
 */
import { readdir, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { basename, dirname, join } from "node:path";
import sharp from "sharp";
import { errorVersusDiscard } from "../src/evaluation/error-versus-discard.ts";
import { FaceNet } from "../src/faces/facenet.ts";
import { qualityMeasures } from "../src/faces/quality/quality-measures.ts";
import { thresholdForFar } from "../src/faces/verdict.ts";
import { seededRandom } from "../src/metric/seeded-random.ts";
import type { EmbeddedFace, Quality } from "../src/schemas/face.ts";

const FAR = 1e-3;
/** Photographs compared per person: some of LFW's people have hundreds. */
const PER_PERSON = 6;
const DEGRADED_PEOPLE = 200;

const data = process.env.FACENET_DATA;
if (!data) throw new Error("FACENET_DATA must name a folder with lfw/images and population");
const facenet = await FaceNet.load();
const threshold = thresholdForFar(facenet.model, FAR);
const round = (value: number) => Math.round(value * 1e4) / 1e4;
const folders = { LFW: join(data, "lfw/images"), "second population": join(data, "population") };
const people = await peopleOf(folders.LFW);

const discard: Record<string, unknown> = {};
for (const [name, folder] of Object.entries(folders)) discard[name] = await discardOf(await peopleOf(folder));
const result = {
  hardware: cpus()[0]?.model,
  model: facenet.model.id,
  threshold: round(threshold),
  discard,
  degraded: await degraded(),
};
await facenet.dispose();
await writeFile(new URL("../docs/results/quality.json", import.meta.url), `${JSON.stringify(result, null, 2)}\n`);
console.log(JSON.stringify(result, null, 1));

/** Files of people with at least two photographs. */
async function peopleOf(folder: string): Promise<string[][]> {
  const found: string[][] = [];
  for (const person of (await readdir(folder)).sort()) {
    const files = (await readdir(join(folder, person))).sort().slice(0, PER_PERSON);
    if (files.length >= 2) found.push(files.map((file) => join(folder, person, file)));
  }
  return found;
}

async function lookAt(images: readonly (string | Buffer)[]): Promise<(EmbeddedFace | undefined)[]> {
  const faces: (EmbeddedFace | undefined)[] = [];
  for await (const item of facenet.embed(images, { faces: "central", minFaceSize: 16 }))
    faces.push(item.ok ? item.value.faces[0] : undefined);
  return faces;
}

/** All same pairs, judged, with the quality measures of their faces. */
async function discardOf(files: readonly string[][]) {
  const all = files.flat();
  const faces = (await lookAt(all)).flatMap((face, i) => (face ? [{ face, person: basename(dirname(all[i] as string)) }] : []));
  const people = [...Map.groupBy(faces.keys(), (i) => faces[i]?.person).values()];
  const pairs = people.flatMap((own, person) =>
    own.flatMap((left, i) =>
      own.slice(i + 1).map((right) => ({ person, left, right, rejected: isRejected(faces[left]?.face, faces[right]?.face) })),
    ),
  );
  const qualities = faces.map(({ face }) => face.quality);
  return errorVersusDiscard(pairs, {
    measures: Object.fromEntries(Object.entries(qualityMeasures).map(([name, of]) => [name, qualities.map(of)])),
    acceptable: qualities.map(({ acceptable }) => acceptable),
    people: people.length,
    bootstrap: { resamples: 1000, random: seededRandom(1) },
  });
}

function isRejected(a: EmbeddedFace | undefined, b: EmbeddedFace | undefined): boolean {
  return facenet.distance(a?.embedding as never, b?.embedding as never) > threshold;
}

/** Degraded second photographs of people: FRR against the first, and the share that is acceptable. */
async function degraded() {
  const some = people.slice(0, DEGRADED_PEOPLE);
  const references = await lookAt(some.map(([first]) => first as string));
  const rows: Record<
    string,
    { found: number; frr: number; acceptable: number; visible: number; sharpness: number; size: number }
  > = {};
  for (const [name, make] of variants()) {
    const probes = await lookAt(await Promise.all(some.map(([, second]) => make(second as string))));
    const found = probes.flatMap((probe, i) => {
      const reference = references[i];
      return probe && reference ? [{ quality: probe.quality, rejected: isRejected(probe, reference) }] : [];
    });
    const median = (of: (quality: Quality) => number) =>
      round(found.map(({ quality }) => of(quality)).sort((a, b) => a - b)[found.length >> 1] ?? Number.NaN);
    rows[name] = {
      found: found.length,
      frr: round(found.filter(({ rejected }) => rejected).length / found.length),
      acceptable: round(found.filter(({ quality }) => quality.acceptable).length / found.length),
      visible: median(({ visible = 1 }) => visible),
      sharpness: median(({ sharpness }) => sharpness),
      size: median(({ sizePx }) => sizePx),
    };
  }
  return { people: some.length, rows };
}

function variants(): [string, (path: string) => Promise<Buffer>][] {
  const list: [string, (path: string) => Promise<Buffer>][] = [["as it is", (path) => sharp(path).png().toBuffer()]];
  for (const sigma of [1, 1.5, 2, 3, 4]) list.push([`blur sigma ${sigma}`, (path) => sharp(path).blur(sigma).png().toBuffer()]);
  for (const side of [100, 75, 60, 50, 40])
    list.push([`${side} x ${side} pixels`, (path) => sharp(path).resize(side, side).png().toBuffer()]);
  // LFW's faces fill the middle: columns 70 to 180, rows 70 to 190 of 250.
  for (const cut of [60, 80, 95, 110, 125]) {
    const [rest, at] = [250 - cut, cut];
    list.push([
      `left ${cut} columns cut off`,
      (path) => sharp(path).extract({ left: at, top: 0, width: rest, height: 250 }).png().toBuffer(),
    ]);
    list.push([
      `lower ${cut} rows cut off`,
      (path) => sharp(path).extract({ left: 0, top: 0, width: 250, height: rest }).png().toBuffer(),
    ]);
    list.push([
      `upper ${cut} rows cut off`,
      (path) => sharp(path).extract({ left: 0, top: at, width: 250, height: rest }).png().toBuffer(),
    ]);
  }
  return list;
}
