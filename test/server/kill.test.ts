/** Kills the server during uploads and corrections: everything acknowledged persists, nothing is half done. */
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import sharp from "sharp";
import { expect, it, onTestFinished } from "vitest";
import { openGallery } from "../../src/gallery/access/open-gallery.ts";
import { testFace, testFile, testIdentity } from "../gallery/store-conformance.ts";
import { samplePhotograph } from "../sample-photographs.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { startProgram } from "./running-server.ts";

it("kill -9, start again: nothing lost, nothing half done", { timeout: 120_000 }, async () => {
  const folder = await temporaryFolder("kill");
  const gallery = join(folder, "facenet", "gallery.db");
  const photographs = join(folder, "facenet", "photographs");
  const first = await startProgram(folder);

  const small = sharp(await readFile(samplePhotograph("sample1"))).resize(640);
  const variants = await Promise.all([60, 65, 70, 75, 80, 85].map((quality) => small.clone().jpeg({ quality }).toBuffer()));
  const acknowledged: number[] = [];
  const send = async (bytes: Buffer): Promise<void> => {
    const body = new FormData();
    body.append("images", new Blob([new Uint8Array(bytes)]), "a.jpg");
    const answer = await fetch(`${first.url}/v1/photographs`, { method: "POST", body });
    const told = (await answer.json()) as { photographs: { photograph: number }[] };
    acknowledged.push(told.photographs[0]?.photograph ?? -1);
  };
  await send(variants[0] as Buffer);
  const half = startHalfAnUpload(first.url);
  const correcting = [1, 2, 3].map((face) =>
    fetch(`${first.url}/v1/corrections`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ correction: { kind: "create", name: `p${face}`, faces: [face] } }),
    }).then(({ status }) => status),
  );
  const uploads = variants.slice(1).map(send);
  await Promise.race(uploads);
  expect(await first.end("SIGKILL")).toBeNull();
  half.destroy();
  await Promise.allSettled([...uploads, ...correcting]);
  await writeFile(join(photographs, ".0000.1.part"), "half a photograph"); // as a kill in the midst of writing leaves it

  const second = await startProgram(folder);
  const { photographs: known } = (await (await fetch(`${second.url}/v1/photographs`)).json()) as {
    photographs: { id: number; paths: string[] }[];
  };
  expect(known.map(({ id }) => id)).toEqual(expect.arrayContaining(acknowledged));
  const names = await readdir(photographs, { recursive: true });
  for (const path of known.flatMap(({ paths }) => paths)) {
    const file = names.find((name) => basename(name) === path); // answers name files, not the server's folders
    expect(file, path).toBeDefined();
    expect((await stat(join(photographs, file as string))).size, path).toBeGreaterThan(1000);
  }
  expect(names.filter((name) => name.endsWith(".part"))).toEqual([]);
  const store = await openGallery(gallery, { create: true });
  expect(await store.check()).toEqual([]);
  await store.close();
  expect(await second.end("SIGINT")).toBe(0);
});

/** Enough faces that a merge takes a while: of two people, and unassigned ones that one of them is said not to be. */
const FACES = 20_000;
const STRANGERS = 5000;

it("kill -9 during a merge: it is atomic, and what was acknowledged persists", {
  timeout: 240_000,
}, async () => {
  const folder = await temporaryFolder("kill");
  const gallery = join(folder, "facenet", "gallery.db");
  const [into, from] = await twoPeople(gallery);
  const correction = { kind: "merge", into, from };
  const merge = async (url: string): Promise<number> => {
    const headers = { "content-type": "application/json" };
    return (await fetch(`${url}/v1/corrections`, { method: "POST", headers, body: JSON.stringify({ correction }) })).status;
  };

  let server = await startProgram(folder);
  onTestFinished(async () => void (await server.end("SIGKILL")));
  const start = performance.now();
  expect(await merge(server.url)).toBe(201);
  const mergeMs = performance.now() - start;
  expect((await fetch(`${server.url}/v1/corrections/undo`, { method: "POST" })).status).toBe(200);

  let unanswered = 0;
  for (const share of [0.2, 0.5, 0.8, 0.95]) {
    const answer = merge(server.url).catch(() => undefined);
    await sleep(share * mergeMs);
    expect(await server.end("SIGKILL")).toBeNull();
    const isAnswered = (await answer) === 201;
    if (!isAnswered) unanswered++;
    const store = await openGallery(gallery, { create: true });
    expect(await store.check()).toEqual([]);
    const counts = (await store.people()).map(({ id, name, faces }) => ({ id, name, faces }));
    const isMerged = counts.length === 1;
    expect(counts).toEqual(
      isMerged
        ? [{ id: into, name: "Anna", faces: 2 * FACES }]
        : [
            { id: into, name: "Anna", faces: FACES },
            { id: from, name: null, faces: FACES },
          ],
    );
    const rejecting = Map.groupBy(await store.rejections(), ({ person }) => person);
    expect([...rejecting].map(([person, faces]) => [person, faces.length])).toEqual([[isMerged ? into : from, STRANGERS]]);
    if (isAnswered) expect(isMerged).toBe(true);
    const [last] = await store.corrections(1);
    expect(last?.correction).toEqual(isMerged ? correction : expect.objectContaining({ kind: "reject" }));
    if (isMerged) await store.undo();
    await store.close();
    server = await startProgram(folder);
  }
  expect(unanswered).toBeGreaterThan(0);
  expect(await merge(server.url)).toBe(201);
  expect(await server.end("SIGINT")).toBe(0);
});

/** A gallery of two people, one of them named. */
async function twoPeople(gallery: string): Promise<[into: number, from: number]> {
  const store = await openGallery(gallery, { create: true });
  const { faces } = await store.recordFile(
    testFile(
      "crowd.jpg",
      Array.from({ length: 2 * FACES + STRANGERS }, () => testFace(1, 2, 3, 4)),
    ),
  );
  await store.regroup([
    { faces: faces.slice(0, FACES), person: "new" },
    { faces: faces.slice(FACES, 2 * FACES), person: "new" },
  ]);
  const [into, from] = (await store.people()).map(({ id }) => id) as [number, number];
  await store.adopt(testIdentity);
  await store.correct({ kind: "name", person: into, name: "Anna" });
  await store.correct({ kind: "reject", person: from, faces: faces.slice(2 * FACES) });
  await store.close();
  return [into, from];
}

/** A request whose body stops halfway. */
function startHalfAnUpload(url: string) {
  const upload = request(`${url}/v1/photographs`, {
    method: "POST",
    headers: { "content-type": "multipart/form-data; boundary=b", "content-length": "1000000" },
  });
  upload.on("error", () => undefined);
  upload.write('--b\r\ncontent-disposition: form-data; name="images"; filename="a.jpg"\r\n\r\n');
  upload.write(Buffer.alloc(300_000));
  return upload;
}
