/**
 * Where the limits of src/faces/quality come from.
 *
 *     FACENET_DATA=path/to/data node scripts/measure-quality.ts
 *
 * 1. Error versus discard, as NIST's FRTE Quality draws it: all pairs of one person's faces (LFW's people with two photographs and more,
 *    and a second population) at the shipped threshold of FAR 1e-3. A pair is worth what the worse of its two faces is; the worst pairs
 *    are left out by each measure apart, and the rate of pairs still rejected (FRR) is what is left. A measure that knows nothing leaves
 *    it where it was.
 * 2. Pictures made worse on purpose: the second photograph of a person blurred, made small, or cut off by the edge of the picture.
 *    FRR of each, and how many of them are called acceptable.
 *
 * Writes docs/results/quality.json. About five minutes on two cores.
 */
import { readdir, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { basename, dirname, join } from "node:path";
import sharp from "sharp";
import { FaceNet } from "../src/faces/facenet.ts";
import { thresholdForFar } from "../src/faces/verdict.ts";
import type { EmbeddedFace, Quality } from "../src/schemas/face.ts";

const FAR = 1e-3;
const DISCARDED = [0, 0.01, 0.02, 0.05, 0.1, 0.2];
/** Photographs of one person that are compared: some of LFW's people have hundreds. */
const PER_PERSON = 6;
const DEGRADED_PEOPLE = 200;

/** Larger is better. */
const measures: Readonly<Record<string, (quality: Quality) => number>> = {
  confidence: ({ confidence }) => confidence,
  size: ({ sizePx }) => sizePx,
  sharpness: ({ sharpness }) => sharpness,
  yaw: ({ yawDegrees }) => -Math.abs(yawDegrees),
  pitch: ({ pitchDegrees }) => -Math.abs(pitchDegrees),
  visible: ({ visible = 1 }) => visible,
};

type Pair = { readonly worse: Readonly<Record<string, number>>; readonly acceptable: boolean; readonly rejected: boolean };

const data = process.env.FACENET_DATA;
if (!data) throw new Error("FACENET_DATA must name a folder with lfw/images and population");
const facenet = await FaceNet.load();
const threshold = thresholdForFar(facenet.model, FAR);
const round = (value: number) => Math.round(value * 1e4) / 1e4;
const folders = { LFW: join(data, "lfw/images"), "second population": join(data, "population") };
const people = await peopleOf(folders.LFW);

const discard: Record<string, unknown> = {};
for (const [name, folder] of Object.entries(folders)) discard[name] = curves(await pairsOf(await peopleOf(folder)));
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

/** Files of those with two photographs or more. */
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

async function pairsOf(files: readonly string[][]): Promise<Pair[]> {
  const all = files.flat();
  const faces = (await lookAt(all)).flatMap((face, i) => (face ? [{ face, person: basename(dirname(all[i] as string)) }] : []));
  const pairs: Pair[] = [];
  for (const own of Map.groupBy(faces, ({ person }) => person).values()) {
    for (const [i, { face: a }] of own.entries()) for (const { face: b } of own.slice(i + 1)) pairs.push(pairOf(a, b));
  }
  return pairs;
}

function pairOf(a: EmbeddedFace, b: EmbeddedFace): Pair {
  const worse = Object.entries(measures).map(([name, of]) => [name, Math.min(of(a.quality), of(b.quality))]);
  return {
    worse: Object.fromEntries(worse),
    acceptable: a.quality.acceptable && b.quality.acceptable,
    rejected: facenet.distance(a.embedding, b.embedding) > threshold,
  };
}

function rejectedShare(pairs: readonly Pair[]): number {
  return round(pairs.filter(({ rejected }) => rejected).length / pairs.length);
}

function curves(pairs: readonly Pair[]) {
  const frr = Object.keys(measures).map((name) => {
    const sorted = [...pairs].sort((a, b) => (a.worse[name] as number) - (b.worse[name] as number));
    return [name, DISCARDED.map((share) => rejectedShare(sorted.slice(Math.round(share * sorted.length))))];
  });
  const kept = pairs.filter(({ acceptable }) => acceptable);
  const rest = pairs.filter(({ acceptable }) => !acceptable);
  return {
    pairs: pairs.length,
    discarded: DISCARDED,
    frr: Object.fromEntries(frr),
    acceptable: { discarded: round(rest.length / pairs.length), frr: rejectedShare(kept), frrOfDiscarded: rejectedShare(rest) },
  };
}

/** The second photographs of people made worse: FRR against the first, and the share that is acceptable. */
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
      return probe && reference ? [{ quality: probe.quality, pair: pairOf(probe, reference) }] : [];
    });
    const median = (of: (quality: Quality) => number) =>
      round(found.map(({ quality }) => of(quality)).sort((a, b) => a - b)[found.length >> 1] ?? Number.NaN);
    rows[name] = {
      found: found.length,
      frr: rejectedShare(found.map(({ pair }) => pair)),
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
