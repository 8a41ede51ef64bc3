import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { confirmedFaces, confirmedReliability } from "../../src/evaluation/protocols/confirmed-people.ts";
import { galleryIdentity } from "../../src/gallery/access/gallery-identity.ts";
import { openGalleryStore } from "../../src/gallery/store/open-gallery-store.ts";
import { codeDistance } from "../../src/metric/distance.ts";
import { seededRandom } from "../../src/metric/seeded-random.ts";
import { locateModel } from "../../src/models/model-store.ts";
import { runInProcess } from "../run-in-process.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { testFace, testFile } from "./test-files.ts";

const random = seededRandom(5);
const gauss = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
const { manifest } = await locateModel("embedding");

it("draws the reliability of a gallery's probabilities on confirmed people, and requires enough of them", async () => {
  const folder = await temporaryFolder("confirmed-people");
  const gallery = join(folder, "gallery.db");
  const store = await openGalleryStore(gallery, { create: true });
  await store.adopt(galleryIdentity(manifest, (await locateModel("detection")).manifest));
  const people = Array.from({ length: 24 }, () => Array.from({ length: 128 }, () => 20 * gauss()));
  const faceOf = (person: number) =>
    testFace(...(people[person] as number[]).map((value) => Math.max(-127, Math.min(127, Math.round(value + 14 * gauss())))));
  const faces = people.map((): number[] => []);
  for (let i = 0; i < 120; i++) {
    const [one, other] = [i % 24, (i + 1 + (i % 11)) % 24];
    const recorded = await store.recordFile(testFile(`${i}.jpg`, [faceOf(one), faceOf(other)]));
    faces[one]?.push(recorded.faces[0] as number);
    faces[other]?.push(recorded.faces[1] as number);
  }
  const name = (person: number) => store.correct({ kind: "create", name: `person ${person}`, faces: faces[person] as number[] });
  for (let person = 0; person < 9; person++) await name(person);
  await store.correct({ kind: "create", name: "seen once", faces: faces[10]?.slice(0, 1) as number[] });
  await store.correct({ kind: "create", name: null, faces: faces[11] as number[] });

  const diagram = join(folder, "people.svg");
  const few = await runInProcess(["calibrate", "--gallery", gallery, "--diagram", diagram]);
  expect(few.exitCode).toBe(2);
  expect(few.stderr).toContain("10 named people with two confirmed faces each, in different photographs; it has 9");
  expect(await store.calibration()).toBeUndefined();

  await name(9);
  const drawn = await runInProcess(["calibrate", "--gallery", gallery, "--diagram", diagram]);
  expect(drawn.stderr).toBe("");
  expect(await store.calibration()).toBeDefined();
  const confirmed = await confirmedFaces(store, manifest);
  const svg = (await readFile(diagram, "utf8"))
    .replace(/<[^>]*>/g, " ")
    .replace(/\s+/g, " ")
    .replaceAll("&#39;", "'");
  expect(svg).toContain(`${confirmed.length} faces of 10 people, by the gallery's calibration, on confirmed people`);

  // the shares are those of all pairs of confirmed faces
  const curve = { midpoint: 0.7, slope: 6 };
  const { reliability } = confirmedReliability(confirmed, curve, { resamples: 0, seed: 1 });
  const [same, different]: [number[], number[]] = [[], []];
  for (const [i, a] of confirmed.entries())
    for (const b of confirmed.slice(i + 1))
      if (a.photograph !== b.photograph) (a.person === b.person ? same : different).push(codeDistance(a.code, b.code));
  const within = (distances: number[], bin: number) =>
    distances.filter((d) => Math.min(9, Math.floor(10 / (1 + Math.exp(curve.slope * (d - curve.midpoint))))) === bin).length /
    distances.length;
  for (const { predicted, observed, pairs } of reliability) {
    const bin = Math.min(9, Math.floor(10 * predicted));
    const [ofSame, ofDifferent] = [within(same, bin), within(different, bin)];
    if (pairs > 1000) expect(observed).toBeCloseTo(ofSame / (ofSame + ofDifferent), 1);
  }
  expect(reliability.reduce((sum, { pairs }) => sum + pairs, 0)).toBe(same.length + 100_000);
  await store.close();
}, 240_000);
