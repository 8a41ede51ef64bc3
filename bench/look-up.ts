/**
 * Cost of a look-up in a gallery of 100,000 faces: with the gallery opened for it and all codes read, as in a command, and with
 * an open gallery, as in a server; unchanged, and after a correction. One face of each person is in a separate photograph; every
 * face belongs to a person.
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FaceNet } from "../src/faces/facenet.ts";
import { borrowGallery } from "../src/gallery/access/borrow-gallery.ts";
import { GalleryCache } from "../src/gallery/access/gallery-cache.ts";
import { galleryIdentity } from "../src/gallery/access/gallery-identity.ts";
import type { GalleryStore } from "../src/gallery/store/gallery-store.ts";
import { openGalleryStore } from "../src/gallery/store/open-gallery-store.ts";
import { identify } from "../src/operations/identify.ts";
import type { OperationContext } from "../src/operations/operation.ts";
import { testFace, testFile } from "../test/gallery/test-files.ts";
import { type Bench, type Laps, msEach, type Row, race, speedOf } from "./measure.ts";
import { createRandomCodes } from "./random-codes.ts";
import { samplePaths } from "./samples.ts";

const FACES = 100_000;
const FACES_A_PHOTOGRAPH = 5;
const PEOPLE = 1000;

export const lookUp: Bench = async () => {
  const folder = await mkdtemp(join(tmpdir(), "facenet-bench-"));
  const gallery = join(folder, "gallery.db");
  const facenet = await FaceNet.load();
  const other = await openGalleryStore(gallery);
  await fill(other, facenet);
  const kept = new GalleryCache();
  const photograph = new Blob([new Uint8Array(await readFile(samplePaths[1] as string))]);
  const input = identify.input.parse({ images: [photograph], gallery });
  const ask = async (borrow: OperationContext["borrowGallery"]): Promise<void> => {
    const { signal } = new AbortController();
    const context = { load: async () => facenet, borrowGallery: borrow, signal, onProgress: () => undefined };
    for await (const item of identify.run(input, context)) if (!item.ok) throw item.error;
  };
  const keptOne: OperationContext["borrowGallery"] = (name) => kept.borrow(name);
  let corrections = 0;
  const lapsOf = await race(
    {
      opened: () => ask(borrowGallery),
      kept: () => ask(keptOne),
      corrected: async () => {
        await other.correct({ kind: "name", person: 1, name: `name ${corrections++}` });
        await ask(keptOne);
      },
      photograph: async () => void (await facenet.embed(photograph)),
    },
    { rounds: 15 },
  );
  await kept.close();
  await other.close();
  await facenet.dispose();
  await rm(folder, { recursive: true });
  const row = (name: string, laps: Laps): Row => ({ name, unit: "ms", value: msEach(laps, 1) });
  return [
    row(`identify among ${FACES} faces, opened for it`, lapsOf("opened")),
    {
      ...row("the gallery kept", lapsOf("kept")),
      speed: { times: speedOf(lapsOf("kept"), lapsOf("opened")), as: "opened for it" },
    },
    {
      ...row("the same, after a correction by another connection", lapsOf("corrected")),
      speed: { times: speedOf(lapsOf("corrected"), lapsOf("opened")), as: "opened for it" },
    },
    row("of each, the photograph: decoded, detected, embedded", lapsOf("photograph")),
  ];
};

async function fill(store: GalleryStore, { model, detector }: FaceNet): Promise<void> {
  await store.adopt(galleryIdentity(model, detector));
  const randomCodes = createRandomCodes(model.embedding.size);
  const faces: number[] = [];
  for (let i = 0; i < FACES / FACES_A_PHOTOGRAPH; i++) {
    const found = Array.from({ length: FACES_A_PHOTOGRAPH }, () => testFace(...randomCodes(1)));
    faces.push(...(await store.recordFile(testFile(`${i}.jpg`, found))).faces);
  }
  const groups = Map.groupBy(faces, (_, i) => i % PEOPLE);
  await store.regroup([...groups.values()].map((own) => ({ faces: own, person: "new" as const })));
}
