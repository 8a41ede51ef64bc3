import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { testFace, testFile } from "../../test/gallery/test-files.ts";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { decodeBytes, encodeBytes } from "../metric/byte-code.ts";
import { codeDistance, normalize, squaredL2 } from "../metric/distance.ts";
import { seededRandom } from "../metric/seeded-random.ts";
import { FEWEST_FACES, mapMissing } from "./map-missing.ts";
import type { GalleryStore } from "./store/gallery-store.ts";
import { openGalleryStore } from "./store/open-gallery-store.ts";

const SIZE = 16;
const SCALE = 1 / 127;
const from = { model: "net.one", detector: "finder.one", dimensions: SIZE, codeScale: SCALE, preprocessing: "p1" };
const to = { ...from, model: "net.two", preprocessing: "p2" };
const embedding = { size: SIZE, metric: "squared-l2", codeScale: SCALE, mirrored: false, compared: "bytes" } as const;
const model = { thresholds: [{ far: 1e-3, distance: 0.6 }], embedding };

let store: GalleryStore;
beforeEach(async () => {
  store = await openGalleryStore(`${await temporaryFolder("map")}/gallery.db`);
  await store.adopt(from);
});
afterEach(() => store.close());

/** Faces around people's centres; the new model permutes neighbouring dimensions of the old space and adds noise. */
async function fill(photographs: number, noise: number) {
  const random = seededRandom(4);
  const near = (centre: ArrayLike<number>, width: number) =>
    normalize(Float32Array.from(centre, (value) => value + width * (random() - 0.5)));
  const centres = Array.from({ length: 60 }, () => near(new Float32Array(SIZE), 1));
  const after = new Map<number, Int8Array>();
  const ids: number[] = [];
  for (let i = 0; i < photographs; i++) {
    const before = near(centres[i % centres.length] as Float32Array, 0.25);
    const turned = Float32Array.from(before, (_, k) => (k % 2 ? -1 : 1) * (before[k ^ 1] as number));
    const { photograph, faces } = await store.recordFile(testFile(`${i}.jpg`, [testFace(...encodeBytes(before, SCALE))]));
    after.set(faces[0] as number, encodeBytes(near(turned, noise), SCALE));
    ids.push(photograph);
  }
  await store.startMigration(to);
  return { after, ids };
}

/** Embeds all but the last `lost` photographs again. */
async function migrateAllBut({ after, ids }: Awaited<ReturnType<typeof fill>>, lost: number) {
  const faces = [...after];
  for (const [i, photograph] of ids.slice(0, ids.length - lost).entries()) {
    const [id, code] = faces[i] as [number, Int8Array];
    await store.recordMigrated({ photograph, faces: [{ id, code }], found: [] });
  }
  return ids.slice(ids.length - lost);
}

describe("mapMissing", () => {
  it("maps faces of missing photographs close to the new model's embeddings", async () => {
    const made = await fill(FEWEST_FACES + 50, 0.02);
    const photographs = await migrateAllBut(made, 50);
    const { faces, cost } = await mapMissing({ store, from, to, model, photographs, others: [] });
    expect([faces, cost?.fittedOn]).toEqual([50, FEWEST_FACES]);
    expect(cost?.matchesKept).toBeGreaterThan(0.97);
    expect(cost?.matchesAdded).toBeLessThan(0.01);
    await store.finishMigration();
    const lost = (await Array.fromAsync(store.faces())).filter(({ photograph }) => photographs.includes(photograph));
    const distances = lost.map(({ id, code }) => codeDistance(code as Int8Array, made.after.get(id) as Int8Array));
    expect(Math.max(...distances)).toBeLessThan(0.05);
    // the reported figure is that of the lost faces
    const mean = distances.reduce((sum, distance) => sum + distance, 0) / distances.length;
    expect(cost?.distance).toBeGreaterThan(mean / 2);
    expect(cost?.distance).toBeLessThan(mean * 2);
  });

  it("reports that hardly any match remains if the two models are unrelated", async () => {
    const made = await fill(FEWEST_FACES + 1, 0);
    const random = seededRandom(9);
    for (const id of made.after.keys())
      made.after.set(id, encodeBytes(normalize(Float32Array.from({ length: SIZE }, () => random() - 0.5)), SCALE));
    const photographs = await migrateAllBut(made, 1);
    const { cost } = await mapMissing({ store, from, to, model, photographs, others: [] });
    expect(cost?.matchesKept).toBeLessThan(0.1);
  });

  it("also fits on faces of other photographs, and states how many are required", async () => {
    const made = await fill(12, 0);
    const photographs = await migrateAllBut(made, 2);
    const all = { store, from, to, model, photographs };
    await expect(mapMissing({ ...all, others: [] })).rejects.toMatchObject({
      code: "OPTION_INVALID",
      message: expect.stringContaining(`${FEWEST_FACES} faces`),
    });
    const random = seededRandom(2);
    const others = Array.from({ length: FEWEST_FACES }, (_, i) => {
      const before = normalize(Float32Array.from({ length: SIZE }, () => random() - 0.5));
      return {
        from: before,
        to: Float32Array.from(before, (_, k) => (k % 2 ? -1 : 1) * (before[k ^ 1] as number)),
        group: -1 - i,
      };
    });
    const { cost } = await mapMissing({ ...all, others });
    expect(cost?.fittedOn).toBe(FEWEST_FACES + 10);
    await store.finishMigration();
    for (const face of await Array.fromAsync(store.faces())) {
      const wanted = decodeBytes(made.after.get(face.id) as Int8Array, SCALE);
      expect(squaredL2(normalize(decodeBytes(face.code as Int8Array, SCALE)), normalize(wanted))).toBeLessThan(0.02);
    }
  });

  it("keeps embeddings unchanged if only the detector changes", async () => {
    const { photograph } = await store.recordFile(testFile("a.jpg", [testFace(...new Array<number>(SIZE).fill(3))]));
    const found = { ...from, detector: "finder.two", finding: "f2" };
    await store.startMigration(found);
    expect(await mapMissing({ store, from, to: found, model, photographs: [photograph], others: [] })).toEqual({
      faces: 1,
      cost: null,
    });
    await store.finishMigration();
    expect([...((await Array.fromAsync(store.faces()))[0]?.code ?? [])]).toEqual(new Array<number>(SIZE).fill(3));
  });
});
