import { join } from "node:path";
import { expect, it } from "vitest";
import { galleryIdentity } from "../../src/gallery/access/gallery-identity.ts";
import { calibratePeople } from "../../src/gallery/calibrate-people.ts";
import { openGalleryStore } from "../../src/gallery/store/open-gallery-store.ts";
import { seededRandom } from "../../src/metric/seeded-random.ts";
import { locateModel } from "../../src/models/model-store.ts";
import { runInProcess } from "../run-in-process.ts";
import { samplePortrait } from "../sample-photographs.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { testFace, testFile } from "./test-files.ts";

const random = seededRandom(5);
const gauss = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
const bytes = (values: readonly number[]) => values.map((value) => Math.max(-127, Math.min(127, Math.round(value))));
const { manifest } = await locateModel("embedding");

it("clusters and identifies by normalised distances, and only with the cohort that the thresholds were found with", async () => {
  const gallery = join(await temporaryFolder("normalisation"), "gallery.db");
  const store = await openGalleryStore(gallery, { create: true });
  await store.adopt(galleryIdentity(manifest, (await locateModel("detection")).manifest));
  const people = Array.from({ length: 45 }, () => Array.from({ length: 128 }, (_, k) => 20 * gauss() + (k === 0 ? 150 : 0)));
  const faceOf = (person: number) => testFace(...bytes((people[person] as number[]).map((value) => value + 3 * gauss())));
  for (let i = 0; i < 160; i++) {
    const one = i % people.length;
    const other = (one + 1 + Math.floor(random() * (people.length - 1))) % people.length;
    await store.recordFile(testFile(`${i}.jpg`, [faceOf(one), faceOf(other)]));
  }
  const run = (...line: string[]) => runInProcess([...line, "--gallery", gallery]);
  const clustering = () => run("cluster", "--normalise", "cohort", "--json");

  const uncalibrated = await clustering();
  expect(uncalibrated.exitCode).not.toBe(0);
  expect(uncalibrated.stderr).toContain("requires the gallery's own calibration; run `facenet calibrate`");
  await calibratePeople(store, {
    ...{ model: manifest, fars: [1e-2, 1e-3, 1e-4], resamples: 100, seed: 1, now: new Date(), automatic: true },
  });
  expect((await clustering()).stderr).toContain("a calibration with a cohort, which the automatic one has not");

  const told = await run("calibrate");
  expect(told.stdout).toMatch(/^Cohort of 4\d people, for --normalise cohort of identify and cluster: \d\.\d{4} at 0\.01, /m);
  const kept = await store.calibration();
  const { faces, thresholds } = kept?.cohort ?? { faces: [], thresholds: [] };
  const limit = thresholds.find(({ far }) => far === 1e-4)?.distance;

  const other = await run("cluster", "--normalise", "cohort", "--threshold", "1");
  expect(other.stderr).toContain("does not combine with threshold");
  expect((await run("cluster", "--normalise", "cohort", "--calibration", "own")).stderr).toContain(
    "the gallery's own calibration",
  );
  const clustered = JSON.parse((await clustering()).stdout);
  expect(clustered).toMatchObject({ normalised: { cohort: faces.length, nearest: 20 }, threshold: limit });
  expect(clustered.people).toBeGreaterThanOrEqual(40);
  expect(JSON.parse((await run("cluster", "--json")).stdout).normalised).toBeNull();
  expect((await run("cluster", "--normalise", "cohort")).stdout).toContain(
    `decided by distances normalised by the 20 nearest of a cohort of ${faces.length} people`,
  );

  const portrait = await samplePortrait();
  const plain = JSON.parse((await run("identify", portrait, "--json")).stdout);
  const normalised = JSON.parse((await run("identify", portrait, "--json", "--normalise", "cohort")).stdout);
  expect(plain).toMatchObject({ normalised: null });
  expect(normalised).toMatchObject({ normalised: { cohort: faces.length, nearest: 20 } });
  const [face] = normalised.faces;
  const distances = new Map(
    plain.faces[0].nearest.map((rival: { face: number; distance: number }) => [rival.face, rival.distance]),
  );
  for (const { face: id, distance } of face.nearest) if (distances.has(id)) expect(distance).toBe(distances.get(id));
  expect(face.normalisedDistance).not.toBeCloseTo(face.distance, 3);
  expect(face.nearest[0].normalisedDistance).toBe(face.normalisedDistance);

  // a face of the cohort goes: the thresholds are for another cohort
  const gone = faces[3]?.[0] as number;
  const photograph = (await store.face(gone))?.photograph as number;
  await store.forgetPhotograph(photograph);
  expect((await clustering()).stderr).toContain(
    "the cohort it was calibrated with, of which faces are gone; run `facenet calibrate`",
  );
  await store.close();
}, 240_000);
