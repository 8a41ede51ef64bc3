/** CompreFace's JavaScript SDK against this server: its fifteen methods, with a path, base64 and a URL. */
import { randomBytes } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join, relative } from "node:path";
import { CompreFace } from "@exadel/compreface-js-sdk";
import { createAdaptorServer } from "@hono/node-server";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { openGalleryStore } from "../../src/gallery/store/open-gallery-store.ts";
import { createApiKey } from "../../src/keys/api-key.ts";
import type { ComparableFace } from "../../src/schemas/gallery.ts";
import type { AuditEntry } from "../../src/server/logs.ts";
import { samplePortrait } from "../sample-photographs.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { createTestApp, type TestApp } from "./test-app.ts";

type Box = { probability: number; x_max: number; x_min: number; y_max: number; y_min: number };
type Found = {
  box: Box;
  similarity: number;
  subjects: { subject: string; similarity: number }[];
  landmarks: number[][];
  embedding: number[];
};
type Example = { image_id: string; subject: string };
type Call = (...args: unknown[]) => Promise<never>;
/** Its declarations lack getSubjects. */
type Sdk = {
  initFaceRecognitionService: (key: string) => {
    recognize: Call;
    getFaceCollection: () => Record<string, Call>;
    getSubjects: () => Record<string, Call>;
  };
  initFaceVerificationService: (key: string) => { verify: Call };
  initFaceDetectionService: (key: string) => { detect: Call };
};

const { key, kept } = createApiKey({ name: "sdk", scope: "admin", now: new Date(), random: randomBytes });
beforeAll(() => void vi.spyOn(console, "log").mockImplementation(() => undefined)); // the SDK prints addresses and keys
let folder: string;
let test: TestApp;
let server: Server;
let files: Server;
let sdk: Sdk;
const audit: AuditEntry[] = [];
/** Relative, because the SDK distinguishes paths from base64 this way. */
let anna: string;
let party: string;
let nobody: string;
let base64: string;
let address: string;

beforeAll(async () => {
  folder = await temporaryFolder("compreface");
  const settings = {
    model: "sface.opencv-128",
    detector: "retinaface.mobilenet-025",
    gallery: join(folder, "gallery.db"),
    photographsFolder: join(folder, "photographs"),
  };
  test = await createTestApp({ settings, keys: async () => [kept], audit: async (entry) => void audit.push(entry) });
  server = createAdaptorServer({ fetch: test.app.fetch }) as Server;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const fromHere = (path: string): string => `./${relative(process.cwd(), path)}`;
  const portrait = await sharp(await samplePortrait())
    .resize(700)
    .jpeg()
    .toBuffer();
  await writeFile(join(folder, "anna.jpg"), portrait);
  const both = { create: { width: 1000, height: 900, channels: 3 as const, background: "grey" } };
  const half = await sharp(portrait).resize(500).toBuffer();
  const composed = sharp(both).composite([
    { input: half, left: 0, top: 0 },
    { input: half, left: 500, top: 0 },
  ]);
  await composed.jpeg().toFile(join(folder, "party.jpg"));
  await sharp({ create: { width: 300, height: 300, channels: 3, background: "green" } })
    .jpeg()
    .toFile(join(folder, "nobody.jpg"));
  [anna, party, nobody] = ["anna.jpg", "party.jpg", "nobody.jpg"].map((name) => fromHere(join(folder, name))) as [
    string,
    string,
    string,
  ];
  base64 = portrait.toString("base64");
  files = createServer((_, answer) => answer.setHeader("content-type", "image/jpeg").end(portrait));
  await new Promise<void>((resolve) => files.listen(0, "127.0.0.1", resolve));
  address = `http://127.0.0.1:${(files.address() as AddressInfo).port}/anna.jpg`;
  sdk = new CompreFace("http://127.0.0.1", (server.address() as AddressInfo).port) as unknown as Sdk;
}, 60_000);
afterAll(async () => {
  for (const one of [server, files]) one.close().closeAllConnections();
  await test.dispose();
});

const recognition = () => sdk.initFaceRecognitionService(key);
/** New objects each time: the SDK's objects remember the last URL. */
const collection = () => recognition().getFaceCollection() as Record<string, Call>;
const subjects = () => recognition().getSubjects() as Record<string, Call>;
const call = async <T>(owner: Record<string, Call>, method: string, ...args: unknown[]): Promise<T> =>
  (await owner[method]?.(...args)) as T;
const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => "no error",
    ({ response }: { response: { status: number; data: { code: number; message: string } } }) => [
      response.status,
      response.data.code,
    ],
  );

describe("CompreFace's SDK", { timeout: 120_000 }, () => {
  it("adds, renames, lists and deletes subjects", async () => {
    expect(await call(subjects(), "add", "Ben")).toEqual({ subject: "Ben" });
    expect(await refusal(call(subjects(), "add", "Ben"))).toEqual([400, 43]);
    expect(await call(subjects(), "rename", "Ben", "Carl")).toEqual({ updated: true });
    expect(await refusal(call(subjects(), "rename", "Ben", "Dora"))).toEqual([404, 42]);
    expect(await call(subjects(), "list")).toEqual({ subjects: ["Carl"] });
    expect(await call(subjects(), "delete", "Carl")).toEqual({ subject: "Carl" });
    expect(await refusal(call(subjects(), "delete", "Carl"))).toEqual([404, 42]);
    expect(await call(subjects(), "list")).toEqual({ subjects: [] });
  });

  it("adds examples from a path, base64 or a URL; rejects photographs without a face or with several", async () => {
    for (const image of [anna, base64, address]) {
      const added = await call<Example>(collection(), "add", image, "Anna", {});
      expect(added).toEqual({ image_id: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/), subject: "Anna" });
    }
    expect(await refusal(call(collection(), "add", nobody, "Anna", {}))).toEqual([400, 28]);
    expect(await refusal(call(collection(), "add", party, "Anna", {}))).toEqual([400, 31]);
    const listed = await call<{ faces: Example[] }>(collection(), "list");
    const page = { page_number: 0, page_size: 20, total_pages: 1, total_elements: 1 };
    expect(listed).toEqual({ faces: [{ image_id: listed.faces[0]?.image_id, subject: "Anna" }], ...page }); // one photograph, stored once
  });

  it("recognises", async () => {
    const options = {
      limit: 1,
      prediction_count: 2,
      det_prob_threshold: 0.6,
      face_plugins: "landmarks,calculator,age",
      status: "true",
    };
    for (const image of [anna, base64, address]) {
      const { result } = await call<{ result: Found[] }>(
        { recognize: (...args) => recognition().recognize(...args) },
        "recognize",
        image,
        options,
      );
      expect(result).toHaveLength(1);
      const [face] = result as [Found];
      expect(face.subjects).toEqual([{ subject: "Anna", similarity: expect.closeTo(1, 2) }]);
      expect([face.landmarks.length, face.embedding.length, face.box.probability > 0.6]).toEqual([5, 128, true]);
    }
    expect(await refusal(recognition().recognize(nobody, {}))).toEqual([400, 28]);
  });

  it("detects and verifies", async () => {
    const detected: { result: Found[] } = await sdk.initFaceDetectionService(key).detect(party, { limit: 2 });
    expect(detected.result).toHaveLength(2);
    expect(await refusal(sdk.initFaceDetectionService(key).detect(nobody, { limit: 0 }))).toEqual([400, 28]);
    const verification = sdk.initFaceVerificationService(key);
    for (const [source, target, count] of [
      [anna, party, 2],
      [base64, base64, 1],
      [address, address, 1],
      [address, party, 2],
    ] as const) {
      const { result }: { result: [{ source_image_face: Found; face_matches: Found[] }] } = await verification.verify(
        source,
        target,
        { limit: 0 },
      );
      expect(result[0].source_image_face.box.probability).toBeGreaterThan(0.6);
      expect(result[0].face_matches.filter(({ similarity }) => similarity > 0.5)).toHaveLength(count);
    }
    const [example] = (await call<{ faces: Example[] }>(collection(), "list")).faces;
    for (const image of [anna, base64, address]) {
      const { result } = await call<{ result: Found[] }>(collection(), "verify", image, example?.image_id, { limit: 0 });
      expect(result).toMatchObject([{ similarity: expect.closeTo(1, 2) }]);
    }
    const unknown = "6b135f5b-a365-4522-b1f1-4c9ac2dd0728";
    expect(await refusal(call(collection(), "verify", anna, unknown, { limit: 0 }))).toEqual([404, 44]);
  });

  it("downloads an example's photograph, with the key in a header or the path", async () => {
    const [example] = (await call<{ faces: Example[] }>(collection(), "list")).faces;
    const image = await test.app.request(`/api/v1/recognition/faces/${example?.image_id}/img`);
    expect((await sharp(Buffer.from(await image.arrayBuffer())).metadata()).width).toBe(700);
    expect((await test.app.request(`/api/v1/static/fn_x/images/${example?.image_id}`)).status).toBe(404); // a wrong key, as there
  });

  it("deletes examples: one, several, those of a subject, all, with their uploaded photographs", async () => {
    const idOf = async () => (await call<{ faces: Example[] }>(collection(), "list")).faces[0]?.image_id;
    const add = async (): Promise<Example> => call<Example>(collection(), "add", anna, "Anna", {});
    const id = await idOf();
    expect(await call(collection(), "delete", id)).toEqual({ image_id: id, subject: "Anna" });
    const kept = await readdir(join(folder, "photographs"), { recursive: true });
    expect(kept.filter((name) => name.endsWith(".jpg"))).toEqual([]);
    expect(await refusal(call(collection(), "delete", id))).toEqual([404, 44]);
    const again = await add();
    expect(await call(collection(), "delete_multiple_images", [again.image_id, id])).toEqual([again]);
    await add();
    expect(await call(collection(), "delete_all_subject", "Anna")).toEqual({ deleted: 1 });
    expect(await refusal(call(collection(), "delete_all_subject", "Nobody"))).toEqual([404, 42]);
    await add();
    expect(await call(collection(), "delete_all")).toEqual({ deleted: 1 });
    await add();
    await call(subjects(), "add", "Ben");
    expect(await call(subjects(), "deleteAll")).toMatchObject({ deleted: 2 });
    expect(await call(subjects(), "list")).toEqual({ subjects: [] });
    expect(await idOf()).toBeUndefined();
  });

  it("writes every change to the audit log", () => {
    const routes = new Set(audit.map(({ operation }) => operation));
    for (const operation of [
      "post /faces",
      "delete /faces",
      "post /faces/delete",
      "post /subjects",
      "put /subjects/{name}",
      "delete /subjects",
    ])
      expect([...routes]).toContain(operation.replace(" ", " /api/v1/recognition"));
  });
});

it("CompreFace's base64 examples for curl work", async () => {
  const ask = (path: string, body: unknown) =>
    test.app.request(`/api/v1${path}`, {
      method: "POST",
      body: JSON.stringify(body),
      headers: { "content-type": "application/json" },
    });
  const image = (await readFile(join(folder, "anna.jpg"))).toString("base64");
  expect((await ask("/recognition/faces?subject=Anna", { file: image })).status).toBe(201);
  expect((await ask("/recognition/recognize?limit=1", { file: `data:image/jpeg;base64,${image}` })).status).toBe(200);
  expect((await ask("/verification/verify", { source_image: image, target_image: image })).status).toBe(200);
  const none = await ask("/detection/detect", {});
  expect([none.status, await none.json()]).toEqual([400, { code: 34, message: "Required part 'file' is not present" }]);
  const url = await ask("/detection/detect", { file: "http://169.254.169.254/latest/meta-data" });
  expect([url.status, await url.json()]).toEqual([400, { code: 26, message: expect.stringContaining("not opened") }]);
});

it("does not verify against a hand-drawn example without an embedding", async () => {
  const store = await openGalleryStore(join(folder, "gallery.db"));
  const [known] = (await Array.fromAsync(store.faces({ embedded: true }))) as [ComparableFace];
  const drawn = { ...known, box: { x: 1, y: 1, width: 20, height: 20 }, drawn: true, embedded: false };
  const { face } = await store.addDrawnFace(known.photograph, drawn);
  await store.correct({ kind: "enroll", name: "Drawn", faces: [face] });
  await store.close();
  const { faces } = await call<{ faces: Example[] }>(collection(), "list");
  const example = faces.find(({ subject }) => subject === "Drawn");
  expect(await refusal(call(collection(), "verify", anna, example?.image_id, { limit: 0 }))).toEqual([400, 28]);
});
