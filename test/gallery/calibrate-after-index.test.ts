import { join } from "node:path";
import { expect, it } from "vitest";
import { galleryIdentity } from "../../src/gallery/access/gallery-identity.ts";
import { calibrateAfterIndex } from "../../src/gallery/calibrate-after-index.ts";
import { calibratePeople } from "../../src/gallery/calibrate-people.ts";
import type { GalleryStore } from "../../src/gallery/store/gallery-store.ts";
import { openGalleryStore } from "../../src/gallery/store/open-gallery-store.ts";
import { seededRandom } from "../../src/metric/seeded-random.ts";
import { locateModel } from "../../src/models/model-store.ts";
import { addPhotographs } from "../../src/operations/add-photographs.ts";
import { createContext } from "../../src/operations/context.ts";
import { runInProcess } from "../run-in-process.ts";
import { samplePortrait } from "../sample-photographs.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { testFace, testFile } from "./test-files.ts";

const random = seededRandom(5);
const gauss = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
const somebody = () =>
  testFace(
    ...Array.from({ length: 128 }, (_, k) => Math.max(-127, Math.min(127, Math.round(20 * gauss() + (k === 0 ? 150 : 0))))),
  );
const { manifest } = await locateModel("embedding");
const now = new Date("2026-01-02T03:04:05Z");
const own = { manifest, calibration: { from: "model" as const, calibratedOn: "others" }, now };

async function galleryOf(pairs: number, file: string): Promise<GalleryStore> {
  const store = await openGalleryStore(file, { create: true });
  await store.adopt(galleryIdentity(manifest, (await locateModel("detection")).manifest));
  await add(store, pairs, "first");
  return store;
}

async function add(store: GalleryStore, pairs: number, name: string): Promise<void> {
  for (let i = 0; i < pairs; i++) await store.recordFile(testFile(`${name}-${i}.jpg`, [somebody(), somebody()]));
}

it("waits for enough pairs, then calibrates, and again when the gallery has grown", async () => {
  const store = await galleryOf(290, join(await temporaryFolder("after-index"), "gallery.db"));
  expect(await calibrateAfterIndex(store, own)).toBeNull();
  expect(await store.calibrationNote()).toEqual({ forgotten: false, triedWith: 0 }); // too few to be worth trying

  await add(store, 40, "second");
  const first = await calibrateAfterIndex(store, own);
  const kept = await store.calibration();
  expect(kept).toMatchObject({ automatic: true, distinctPairs: 330, at: now.toISOString() });
  expect(first).toMatchObject({ renewed: false, calibratedOn: kept?.calibratedOn, lowestFar: kept?.lowestFar });
  expect(first?.thresholds.map(({ far }) => far)).toEqual([1e-3, 1e-4]);
  for (const { far, before, after } of first?.thresholds ?? []) {
    expect(before).toBe(manifest.thresholds.find((threshold) => threshold.far === far)?.distance);
    expect(after).toBe(kept?.thresholds.find((threshold) => threshold.far === far)?.distance);
    expect(after).toBeLessThan(before); // these people are closer together than the model's
  }

  await add(store, 70, "third"); // 21 % more
  expect(await calibrateAfterIndex(store, own)).toBeNull();
  await add(store, 20, "fourth");
  const second = await calibrateAfterIndex(store, own);
  expect(second).toMatchObject({ renewed: true });
  expect(second?.thresholds[0]?.before).toBe(first?.thresholds[0]?.after);
  await store.close();
});

it("does not retry if most pairs are of the same people", async () => {
  const store = await galleryOf(0, join(await temporaryFolder("after-index"), "gallery.db"));
  const [a, b] = [somebody(), somebody()];
  for (let i = 0; i < 310; i++) await store.recordFile(testFile(`couple-${i}.jpg`, [a, b]));
  expect(await calibrateAfterIndex(store, own)).toBeNull();
  expect(await store.calibration()).toBeUndefined();
  expect(await store.calibrationNote()).toEqual({ forgotten: false, triedWith: 620 });
  await store.close();
});

it("respects the user's choice: a calibration requested or forgotten, or stored for the model", async () => {
  const store = await galleryOf(330, join(await temporaryFolder("after-index"), "gallery.db"));
  const stored = { ...own, calibration: { from: "stored" as const, calibratedOn: "labelled people" } };
  expect(await calibrateAfterIndex(store, stored)).toBeNull();

  const asked = { model: manifest, fars: [1e-2, 1e-3, 1e-4], resamples: 100, seed: 1, now };
  const explicit = await calibratePeople(store, asked);
  expect(explicit.automatic).toBe(false);
  await add(store, 330, "more");
  expect(await calibrateAfterIndex(store, own)).toBeNull();
  expect(await store.calibration()).toEqual(explicit);

  await store.keepCalibration(null);
  await store.noteCalibration({ forgotten: true, triedWith: 0 });
  expect(await calibrateAfterIndex(store, own)).toBeNull();
  expect(await store.calibration()).toBeUndefined();
  await store.close();
});

it("is reported in the last lines of index, and never returns after calibrate --forget", async () => {
  const gallery = join(await temporaryFolder("after-index"), "gallery.db");
  await (await galleryOf(330, gallery)).close();
  const portrait = await samplePortrait();
  const { stdout } = await runInProcess(["index", portrait, "--gallery", gallery]);
  expect(stdout).toMatch(
    /^Calibrated on 3\d\d pairs of two people in 3\d\d photographs of this gallery, without labels; supports/m,
  );
  expect(stdout).toMatch(/^Commands on this gallery use it from now on: threshold \d\.\d{3} -> \d\.\d{3} at FMR 0\.001, /m);
  expect(stdout).toContain("`facenet calibrate --forget --gallery GALLERY` reverts it permanently.");
  const statistics = await runInProcess(["gallery", "statistics", "--gallery", gallery]);
  expect(statistics.stdout).toMatch(
    /^calibrated on 3\d\d pairs of different people in 3\d\d photographs, .*, by `facenet index` \(facenet calibrate\)$/m,
  );

  expect((await runInProcess(["calibrate", "--forget", "--gallery", gallery])).exitCode).toBe(0);
  const again = await runInProcess(["index", portrait, "--gallery", gallery, "--json"]);
  expect(JSON.parse(again.stdout).calibrated).toBeNull();
  await runInProcess(["calibrate", "--gallery", gallery]); // asked for: no longer forgotten
  const store = await openGalleryStore(gallery);
  expect(await store.calibration()).toMatchObject({ automatic: false });
  expect((await store.calibrationNote()).forgotten).toBe(false);
  await store.close();
});

it("also runs after an upload", async () => {
  const folder = await temporaryFolder("after-upload");
  const gallery = join(folder, "gallery.db");
  await (await galleryOf(330, gallery)).close();
  const context = createContext({ signal: new AbortController().signal, onProgress: () => undefined });
  const upload = async () =>
    addPhotographs.run(addPhotographs.input.parse({ images: [await samplePortrait()], gallery }), context);
  try {
    const store = await openGalleryStore(gallery);
    const first = await upload();
    const kept = await store.calibration();
    expect(kept).toMatchObject({ automatic: true });
    expect(first.calibrated).toMatchObject({ renewed: false, calibratedOn: kept?.calibratedOn });
    expect((await upload()).calibrated).toBeNull(); // the gallery has not grown since
    await store.close();
  } finally {
    await context.dispose();
  }
});
