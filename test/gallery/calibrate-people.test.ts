import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, expect, it } from "vitest";
import { FaceNetError } from "../../src/errors.ts";
import type { FaceNet } from "../../src/faces/facenet.ts";
import { thresholdForFar } from "../../src/faces/verdict.ts";
import type { BorrowedGallery, BorrowGallery } from "../../src/gallery/access/borrow-gallery.ts";
import { galleryIdentity } from "../../src/gallery/access/gallery-identity.ts";
import { calibratedByGallery } from "../../src/gallery/access/gallery-model.ts";
import { calibratePeople } from "../../src/gallery/calibrate-people.ts";
import type { GalleryStore } from "../../src/gallery/store/gallery-store.ts";
import { openGalleryStore } from "../../src/gallery/store/open-gallery-store.ts";
import { seededRandom } from "../../src/metric/seeded-random.ts";
import { locateModel } from "../../src/models/model-store.ts";
import type { OperationContext } from "../../src/operations/operation.ts";
import { verify } from "../../src/operations/verify.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { testFace, testFile } from "./test-files.ts";

let folder: string;
let store: GalleryStore;
const random = seededRandom(5);
const gauss = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** A person of a population that is closer together than the model's. */
const somebody = () =>
  testFace(
    ...Array.from({ length: 128 }, (_, k) => Math.max(-127, Math.min(127, Math.round(20 * gauss() + (k === 0 ? 150 : 0))))),
  );
const blurred = () => {
  const face = somebody();
  return { ...face, quality: { ...face.quality, acceptable: false } };
};

const located = await locateModel("embedding");
const options = {
  model: located.manifest,
  fars: [1e-2, 1e-3, 1e-4],
  resamples: 100,
  seed: 1,
  now: new Date("2026-01-02T03:04:05Z"),
};

beforeAll(async () => {
  folder = await temporaryFolder("calibrate-people");
  store = await openGalleryStore(join(folder, "gallery.db"), { create: true });
  await store.adopt(galleryIdentity(located.manifest, (await locateModel("detection")).manifest));
});
afterAll(async () => {
  await store.close();
});

it("requires photographs that show several people clearly", async () => {
  for (let i = 0; i < 10; i++) await store.recordFile(testFile(`few-${i}.jpg`, [somebody(), blurred(), blurred()]));
  await expect(calibratePeople(store, options)).rejects.toMatchObject({ code: "GALLERY_CALIBRATION_TOO_SMALL" });
  expect(await store.calibration()).toBeUndefined();
});

it("is stored in the gallery, used there by default, and gone when removed", async () => {
  for (let i = 0; i < 120; i++) await store.recordFile(testFile(`many-${i}.jpg`, [somebody(), somebody()]));
  const calibration = await calibratePeople(store, options);
  expect(calibration).toMatchObject({
    model: located.manifest.id,
    distinctPairs: 120,
    faces: 250,
    at: "2026-01-02T03:04:05.000Z",
  });
  expect(await store.calibration()).toEqual(calibration);
  const database = new DatabaseSync(join(folder, "gallery.db"));
  const earlier = JSON.stringify(calibration).replace("lowestFar", "vouchesDownTo"); // as earlier versions wrote it
  database.prepare("UPDATE property SET value = ? WHERE name = 'calibration'").run(earlier);
  database.close();
  expect(await store.calibration()).toEqual(calibration);

  const own = { manifest: located.manifest, calibration: { from: "model" as const, calibratedOn: "others" } };
  const applied = await calibratedByGallery(store, own, "stored");
  expect(applied.calibration).toEqual({ from: "gallery", calibratedOn: calibration.calibratedOn });
  expect(thresholdForFar(applied.manifest, 1e-2)).toBe(calibration.thresholds[0]?.distance);
  expect(thresholdForFar(applied.manifest, 1e-2)).toBeLessThan(thresholdForFar(located.manifest, 1e-2)); // these are close together
  expect(await calibratedByGallery(store, own, "own")).toEqual(own);
  const others = { ...own, manifest: { ...own.manifest, model: { ...own.manifest.model, sha256: "0".repeat(64) } } };
  expect(await calibratedByGallery(store, others, "stored")).toEqual(others);

  // verdicts use the gallery's, too: the given one, or the user's own gallery if there is one
  const facenet = {
    model: located.manifest,
    calibration: own.calibration,
    embed: async (image: string) => ({ image, faces: [{ embedding: {} }] }),
    distance: () => 1,
  } as unknown as FaceNet;
  const borrowing = async () => ({ store, [Symbol.asyncDispose]: async () => undefined }) as unknown as BorrowedGallery;
  const decidedBy = (input: object, borrowGallery: BorrowGallery) =>
    verify.run(verify.input.parse({ left: "a.jpg", right: "b.jpg", ...input }), {
      load: async () => facenet,
      borrowGallery,
    } as unknown as OperationContext);
  const verdictOf = ({ manifest, calibration: origin }: typeof applied) => ({
    calibration: origin,
    threshold: thresholdForFar(manifest, 1e-3),
  });
  expect(verdictOf(applied)).not.toEqual(verdictOf(own));
  expect(await decidedBy({}, borrowing)).toMatchObject(verdictOf(applied));
  expect(await decidedBy({ calibration: "own" }, borrowing)).toMatchObject(verdictOf(own));
  const missing = async () => {
    throw new FaceNetError("GALLERY_NOT_FOUND", { path: "gallery.db" });
  };
  expect(await decidedBy({}, missing)).toMatchObject(verdictOf(own));
  await expect(decidedBy({ gallery: "gallery.db" }, missing)).rejects.toMatchObject({ code: "GALLERY_NOT_FOUND" });

  await store.keepCalibration(null);
  expect(await store.calibration()).toBeUndefined();
});
