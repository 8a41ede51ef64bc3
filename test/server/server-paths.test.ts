/** No response reveals paths of the server: all routes, with valid and nonsense requests, and failures. */
import { openAsBlob } from "node:fs";
import { copyFile, mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import fc from "fast-check";
import sharp from "sharp";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createContext } from "../../src/operations/context.ts";
import { evaluate } from "../../src/operations/evaluate.ts";
import type { OpenApiDocument } from "../../src/server/openapi-document.ts";
import { withoutPaths } from "../../src/server/shown-paths.ts";
import { samplePhotograph, samplePortrait } from "../sample-photographs.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { requestOf, requests, targetsOf } from "./fuzz-requests.ts";
import { createTestApp, type TestApp } from "./test-app.ts";

let folder: string;
let test: TestApp;
beforeAll(async () => {
  folder = await temporaryFolder("paths");
  await mkdir(join(folder, "album"));
  await mkdir(join(folder, "album", "away"));
  await copyFile(samplePhotograph("sample1"), join(folder, "album", "group.jpg"));
  await copyFile(samplePhotograph("sample3"), join(folder, "album", "away", "gone.jpg"));
  await writeFile(join(folder, "album", "broken.jpg"), "no photograph");
  const settings = {
    ...{ gallery: join(folder, "gallery.db"), photographsFolder: join(folder, "photographs"), maxPixels: 10_000_000 },
    reports: [join(folder, "reports")],
  };
  test = await createTestApp({ settings, folders: [join(folder, "album")] });
});
afterAll(() => test.dispose());

/** Response that must not contain the folder. */
async function ask(path: string, init?: RequestInit) {
  const response = await test.app.request(path, init);
  const text = await response.text();
  expect(text, path).not.toContain(folder);
  expect(text, path).not.toContain(basename(folder));
  return { status: response.status, body: text.startsWith("{") ? JSON.parse(text) : text };
}
const send = (path: string, value: unknown, method = "POST") =>
  ask(path, { method, body: JSON.stringify(value), headers: { "content-type": "application/json" } });
async function upload(
  path: string,
  field: string,
  files: readonly (readonly [Blob, string])[],
  fields: Record<string, string> = {},
) {
  const body = new FormData();
  for (const [blob, name] of files) body.append(field, blob, name);
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  return ask(path, { method: "POST", body });
}

/** Writes a report on two people, an unreadable image and one without a face. */
async function evaluatePeople(): Promise<void> {
  const images = join(folder, "data", "people");
  for (const person of ["Anna", "Ben"]) await mkdir(join(images, person), { recursive: true });
  const portrait = sharp(await samplePortrait());
  for (const [i, size] of [480, 560].entries())
    await portrait
      .clone()
      .resize(size)
      .toFile(join(images, "Anna", `${i}.jpg`));
  await sharp(samplePhotograph("sample1"))
    .resize(960)
    .toFile(join(images, "Ben", "0.jpg"));
  await writeFile(join(images, "Anna", "broken.jpg"), "no photograph");
  await sharp({ create: { width: 200, height: 200, channels: 3, background: "grey" } }).toFile(join(images, "Ben", "nobody.jpg"));
  await mkdir(join(folder, "reports"));
  const context = createContext({ signal: new AbortController().signal, onProgress: () => undefined });
  const input = { images, report: join(folder, "reports", "people.html"), faces: "largest", resamples: 0 };
  await evaluate.run(evaluate.input.parse(input), context).finally(() => context.dispose());
}

it("no response contains the server's folders", { timeout: 240_000 }, async () => {
  const portrait = await openAsBlob(await samplePortrait());
  const none = new Blob(["no photograph"]);
  const album = { operation: "index", input: { paths: [join(folder, "album")] } };
  const { body: job } = await send("/v1/jobs", album);
  await ask(`/v1/jobs/${job.id}/events`);
  const { body: ended } = await ask(`/v1/jobs/${job.id}`);
  expect(ended).toMatchObject({ state: "done", result: { failures: [{ path: "broken.jpg" }] } });

  const { body: enrolled } = await upload(
    "/v1/people",
    "images",
    [
      [portrait, "anna.jpg"],
      [none, "none.jpg"],
    ],
    { name: "Anna" },
  );
  expect(enrolled).toMatchObject({ enrolled: [{ image: "anna.jpg" }], failures: [{ path: "none.jpg" }] });
  const refused = await upload("/v1/people", "images", [[none, "none.jpg"]], { name: "Ben" });
  expect(refused.body.error.message).toContain("none.jpg");
  await upload("/v1/photographs", "images", [[none, "none.jpg"]]);
  const found = await send("/v1/find", { person: ["Anna"] });
  expect(found.body.photographs[0].paths).toEqual(["anna.jpg"]);
  const { faces } = (await ask("/v1/faces")).body;
  const gone = faces.find(({ photograph }: { photograph: number }) => photograph !== faces[0].photograph);
  await send("/v1/corrections", { correction: { kind: "create", name: "Gone", faces: [gone.id, faces[0].id] } });
  await rm(join(folder, "album", "away"), { recursive: true });
  await send("/v1/jobs", { operation: "cluster" });
  const { body: again } = await send("/v1/jobs", album);
  await ask(`/v1/jobs/${again.id}/events`);
  expect((await ask("/v1/faces/unplaced")).body.faces).toHaveLength(1);
  await rm(join(folder, "album"), { recursive: true });
  const pruned = await send("/v1/photographs/prune", { dryRun: true });
  expect(pruned.body.refused.length + pruned.body.photographs).toBeGreaterThan(0);
  for (const { photograph, id } of faces) {
    await ask(`/v1/photographs/${photograph}`);
    await ask(`/v1/photographs/${photograph}/picture`);
    await ask(`/v1/faces/${id}`);
    await send(`/v1/photographs/${photograph}/faces`, { box: [1, 1, 30, 30] });
  }
  await upload("/v1/lookalike", "image", [[portrait, "me.jpg"]]);

  expect((await ask("/v1/statistics")).body).toMatchObject({ gallery: "gallery.db" });

  await evaluatePeople();
  const { reports } = (await ask("/v1/reports")).body;
  expect(reports).toHaveLength(1);
  await ask(`/v1/reports/${reports[0].id}`);
  const { body: page } = await ask(`/v1/reports/${reports[0].id}/page`);
  expect(page).toContain("Anna/broken.jpg: ");
  expect(page).toContain("<li>Ben/nobody.jpg</li>");

  const document = (await (await test.app.request("/openapi.json")).json()) as OpenApiDocument;
  const small = Uint8Array.from(await sharp(samplePhotograph("sample2")).resize(480).jpeg().toBuffer());
  for (const plan of fc.sample(requests(targetsOf(document), [small]), { numRuns: 300, seed: 13 })) {
    const text = await (await test.app.request(await requestOf(plan))).text();
    expect(text, `${plan.method} ${plan.url}`).not.toContain(basename(folder));
  }
});

it("failures name their file and nothing of its folder, whatever the names", { timeout: 120_000 }, async () => {
  const whole = await readFile(samplePhotograph("sample2"));
  const contents = {
    truncated: whole.subarray(0, 20_000),
    text: Buffer.from("no photograph"),
    empty: Buffer.alloc(0),
    gone: null,
  };
  const names = fc.stringMatching(/^[a-z(+$][a-z.+^${}()[\]$& '-]{0,8}[a-z]$/);
  const files = fc.uniqueArray(names, { minLength: 1, maxLength: 3 });
  const kinds = fc.constantFrom(...(Object.keys(contents) as (keyof typeof contents)[]));
  await fc.assert(
    fc.asyncProperty(names, files, kinds, async (name, stems, kind) => {
      const within = join(folder, "album", `in ${name}`);
      await mkdir(within, { recursive: true });
      // one name is contained in another, and in that of the folder
      const images = [...new Set([...stems, name, `${name}.jpg`])].map((stem) => join(within, `${stem}.jpg`));
      for (const image of images) await (contents[kind] ? writeFile(image, contents[kind]) : symlink(image, image));
      const { body: job } = await send("/v1/jobs", { operation: "index", input: { paths: [within] } });
      await ask(`/v1/jobs/${job.id}/events`);
      const { failures } = (await ask(`/v1/jobs/${job.id}`)).body.result;
      expect(failures.map(({ path }: { path: string }) => path).sort()).toEqual(images.map((image) => basename(image)).sort());
      for (const { message } of failures) expect(message).toMatch(/^(is damaged|not a supported|is empty|cannot be read)/);
      await rm(within, { recursive: true });
    }),
    { numRuns: 25 },
  );
});

it("only path fields become names", () => {
  const answer = {
    failures: [{ path: "/data/a b/x.jpg", message: "is damaged (a/b)" }],
    refused: [{ folder: "/data/2019", photographs: 3 }],
    gallery: "postgres://user@db.internal/faces",
    photographs: [{ paths: ["/data/x.jpg", "y.jpg"], name: "/not a path/" }],
    vector: Float32Array.of(1),
  };
  expect(withoutPaths(answer)).toEqual({
    failures: [{ path: "x.jpg", message: "is damaged (a/b)" }],
    refused: [{ folder: "2019", photographs: 3 }],
    gallery: "faces",
    photographs: [{ paths: ["x.jpg", "y.jpg"], name: "/not a path/" }],
    vector: Float32Array.of(1),
  });
});
