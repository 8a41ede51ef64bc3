/**
 * Minimum size and confidence that change between index runs: the faces equal those of a gallery made with the last values alone.
 */
import { copyFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import sharp from "sharp";
import { afterAll, beforeAll, expect, it } from "vitest";
import { overlapOfUnion } from "../../src/faces/detection/overlap.ts";
import { FaceNet } from "../../src/faces/facenet.ts";
import { indexPhotographs } from "../../src/gallery/indexing/index-photographs.ts";
import type { GalleryStore } from "../../src/gallery/store/gallery-store.ts";
import { openGalleryStore } from "../../src/gallery/store/open-gallery-store.ts";
import type { GalleryFace } from "../../src/schemas/gallery.ts";
import { samplePhotograph } from "../sample-photographs.ts";
import { temporaryFolder } from "../temporary-folder.ts";

let facenet: FaceNet;
let folder: string;
let photographs: string[];
beforeAll(async () => {
  facenet = await FaceNet.load();
  folder = await temporaryFolder("again");
  photographs = [];
  for (const [i, width] of [160, 300, 600].entries()) {
    const file = join(folder, `${i}.jpg`);
    await writeFile(
      file,
      await sharp(samplePhotograph(i % 2 === 0 ? "sample1" : "sample2"))
        .resize(width)
        .jpeg()
        .toBuffer(),
    );
    photographs.push(file);
  }
});
afterAll(async () => {
  await facenet.dispose();
});

const facesOf = (store: GalleryStore): Promise<GalleryFace[]> => Array.fromAsync(store.faces());
const run = (store: GalleryStore, minFaceSize: number, readRegions = false) =>
  indexPhotographs(photographs, { facenet, store, minFaceSize, readRegions });
async function inGallery<T>(work: (store: GalleryStore) => Promise<T>): Promise<T> {
  const store = await openGalleryStore(join(folder, `${crypto.randomUUID()}.db`));
  return work(store).finally(() => store.close());
}

const isIn = (faces: readonly GalleryFace[], { box }: GalleryFace): boolean =>
  faces.some((other) => overlapOfUnion(other.box, box) > 0.3);

const sizeOf = ({ box }: GalleryFace): number => Math.max(box.width, box.height);

it("any sequence of minimums ends with the faces of the last one, and no smaller ones", { timeout: 120_000 }, async () => {
  const fresh = new Map<number, GalleryFace[]>();
  const floors = [16, 24, 40, 80];
  for (const floor of floors) {
    await inGallery(async (store) => {
      await run(store, floor);
      fresh.set(floor, await facesOf(store));
    });
  }
  expect(fresh.get(16)?.length).toBeGreaterThan(fresh.get(80)?.length ?? 0);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...floors), { minLength: 2, maxLength: 4 }), async (sequence) => {
      await inGallery(async (store) => {
        for (const floor of sequence) await run(store, floor);
        const faces = await facesOf(store);
        const wanted = fresh.get(sequence.at(-1) as number) as GalleryFace[];
        // A different minimum may have detected an additional face, which is kept.
        const seen = sequence.flatMap((floor) => fresh.get(floor) as GalleryFace[]);
        expect(faces.filter((face) => !isIn(seen, face) || sizeOf(face) < (sequence.at(-1) as number))).toEqual([]);
        // Detection at several scales may give the same face boxes that differ by some per cent.
        const sure = wanted.filter((face) => sizeOf(face) > 1.2 * (sequence.at(-1) as number));
        expect(sure.filter((face) => !isIn(faces, face))).toEqual([]);
        expect((await run(store, sequence.at(-1) as number)).lookedAgain).toBe(0);
      });
    }),
    { numRuns: 6, seed: 7 },
  );
});

it("reports the number of affected photographs, and keeps small faces with corrections", async () => {
  await inGallery(async (store) => {
    await run(store, 16);
    const before = await facesOf(store);
    const [small, other] = before.filter((face) => sizeOf(face) < 40);
    await store.correct({ kind: "create", name: "Ada", faces: [small?.id as number] });
    const raised = await run(store, 40);
    const after = await facesOf(store);
    expect(raised).toMatchObject({ lookedAgain: photographs.length, added: 0, faces: 0, removed: before.length - after.length });
    expect(raised.removed).toBeGreaterThan(0);
    expect(after.map(({ id }) => id)).toContain(small?.id);
    expect(after.map(({ id }) => id)).not.toContain(other?.id);
    expect(await run(store, 16)).toMatchObject({ lookedAgain: photographs.length, faces: raised.removed, removed: 0 });
    expect((await store.personByName("Ada"))?.faces).toBe(1);
  });
});

it("removes faces below a higher minimum also when reading names from files", async () => {
  await inGallery(async (store) => {
    await run(store, 16);
    const before = await facesOf(store);
    const { removed } = await run(store, 40, true);
    expect(removed).toBeGreaterThan(0);
    expect(await facesOf(store)).toHaveLength(before.length - removed);
  });
});

it("a photograph that replaced another is known at its new path, also with a lower minimum", async () => {
  const [small, large] = [photographs[1] as string, photographs[2] as string];
  await inGallery(async (store) => {
    await indexPhotographs([small, large], { facenet, store, minFaceSize: 80 });
    const moved = (await store.knownFile(large))?.photograph;
    const place = join(folder, "place.jpg");
    await copyFile(small, place);
    await indexPhotographs([place], { facenet, store, minFaceSize: 80 });
    await copyFile(large, place);
    const report = await indexPhotographs([place], { facenet, store, minFaceSize: 24 });
    expect(report).toMatchObject({ moved: 1, known: 0, lookedAgain: 1 });
    expect(await store.knownFile(place)).toMatchObject({ photograph: moved, floor: { minFaceSize: 24 } });
  });
});
