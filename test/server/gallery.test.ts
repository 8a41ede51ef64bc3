/** The gallery over HTTP, from the first upload to forgetting a person, on real photographs. */
import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openGallery } from "../../src/gallery/access/open-gallery.ts";
import { storeUpload } from "../../src/gallery/indexing/stored-uploads.ts";
import type { AuditEntry } from "../../src/server/logs.ts";
import { samplePhotograph, samplePortrait } from "../sample-photographs.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { createTestApp, type TestApp } from "./test-app.ts";

let folder: string;
let test: TestApp;
const lookUps: AuditEntry[] = [];
beforeAll(async () => {
  folder = await temporaryFolder("server");
  await mkdir(join(folder, "album"));
  test = await createTestApp({
    settings: { maxPixels: 10_000_000, gallery: join(folder, "gallery.db"), photographsFolder: join(folder, "photographs") },
    thumbnails: join(folder, "thumbnails"),
    folders: [join(folder, "album")],
    audit: async (lookUp) => void lookUps.push(lookUp),
  });
});
afterAll(async () => {
  await test.dispose();
});

async function photographs(
  field: string,
  names: readonly ("sample1" | "portrait" | "sample6")[],
  fields: Record<string, string> = {},
) {
  const body = new FormData();
  for (const name of names) {
    const path = name === "portrait" ? await samplePortrait() : samplePhotograph(name);
    body.append(field, new Blob([new Uint8Array(await readFile(path))]), `${name}.jpg`);
  }
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  return { method: "POST", body };
}

const json = (value: unknown, headers: Record<string, string> = {}) => ({
  method: "POST",
  body: JSON.stringify(value),
  headers: { "content-type": "application/json", ...headers },
});

// biome-ignore lint/suspicious/noExplicitAny: answers of many shapes; expected fields are asserted below
async function ask(path: string, init?: RequestInit): Promise<{ status: number; body: any; headers: Headers }> {
  const answer = await test.app.request(path, init);
  const isJson = answer.headers.get("content-type")?.includes("json");
  return { status: answer.status, body: isJson ? await answer.json() : await answer.arrayBuffer(), headers: answer.headers };
}

it("an empty gallery has empty lists and finds nobody", async () => {
  expect((await ask("/v1/people")).body).toEqual({ people: [], total: 0, next: null });
  expect((await ask("/v1/faces")).body).toEqual({ faces: [], next: null });
  expect((await ask("/v1/people/Anna")).status).toBe(404);
});

it("uploads are stored once, by content, with their faces; a failed upload leaves nothing behind", async () => {
  const { status, body } = await ask("/v1/photographs", await photographs("images", ["sample1", "sample1"]));
  expect([status, body.photographs.length]).toEqual([201, 2]);
  expect(body.photographs[0]).toMatchObject({ image: "sample1.jpg", photograph: 1, error: null });
  expect(body.photographs[0].faces).toHaveLength(3);
  expect(body.photographs[1].photograph).toBe(1);
  const form = new FormData();
  form.append("images", new Blob(["no photograph"]), "notes.jpg");
  const failed = await ask("/v1/photographs", { method: "POST", body: form });
  expect(failed.body.photographs[0]).toMatchObject({ photograph: null, error: { code: "IMAGE_UNKNOWN_FORMAT" } });
  expect(failed.body.photographs[0].error.message).toMatch(/^not a supported/);
  const kept = (await readdir(join(folder, "photographs"), { recursive: true })).filter((name) => name.includes("."));
  expect(kept.map((name) => basename(name))).toEqual(["sample1.jpg"]); // under its own name
});

it.each([
  ["../../etc/pass\u202ewd.jpg", "passwd.jpg"],
  ["C:\\Users\\me\\Zoë\n.JPG", "Zoë.jpg"],
  ["...", "photograph.jpg"],
  [`${"写".repeat(200)}.png`, `${"写".repeat(60)}.png`],
])("a photograph called %j is kept as %j", async (given, name) => {
  const at = await temporaryFolder("keep");
  const { path, isNew } = await storeUpload(new File(["bytes"], given), at);
  expect([isNew, path.split(/[\\/]/).at(-1), path.startsWith(at)]).toEqual([true, name, true]);
  expect(await storeUpload(new File(["bytes"], "other.jpg"), at)).toEqual({ path, isNew: false });
});

it("a person is enrolled once per idempotency key, however often the request is sent", async () => {
  const send = async () => {
    const { body } = await photographs("images", ["portrait"], { name: "Anna" });
    return ask("/v1/people", { method: "POST", body, headers: { "idempotency-key": "anna-1" } });
  };
  const [first, second] = [await send(), await send()];
  expect([first.status, first.body.name]).toEqual([201, "Anna"]);
  expect(second.body).toEqual(first.body);
  expect((await ask("/v1/corrections")).body.corrections).toHaveLength(1);
  const { body } = await photographs("images", ["sample1"], { name: "Ben" });
  const other = await ask("/v1/people", { method: "POST", body, headers: { "idempotency-key": "anna-1" } });
  expect([other.status, other.body.error.code]).toEqual([409, "IDEMPOTENCY_CONFLICT"]);
});

describe("looking people up", () => {
  it("finds who is in a photograph, their other photographs and look-alikes", async () => {
    lookUps.length = 0;
    const { body } = await ask("/v1/identify", await photographs("images", ["portrait"]));
    expect(body.photographs[0].faces[0]).toMatchObject({ name: "Anna", distance: 0 });
    const found = await ask("/v1/find", await photographs("image", ["portrait"]));
    expect(found.body.person.name).toBe("Anna");
    expect((await ask("/v1/find?person=Anna", { method: "POST" })).body.photographs).toHaveLength(1);
    const query = { person: ["Anna"], match: "only", without: ["id:9999"] };
    const asJson = { method: "POST", headers: { "content-type": "application/json" } };
    expect((await ask("/v1/find", { ...asJson, body: JSON.stringify(query) })).body.error.code).toBe("PERSON_NOT_FOUND");
    const only = await ask("/v1/find", { ...asJson, body: JSON.stringify({ ...query, without: undefined }) });
    expect(only.body.photographs[0]).toMatchObject({ gone: false, box: { width: expect.any(Number) } });
    expect((await ask("/v1/lookalike?limit=2", await photographs("image", ["portrait"]))).body.people.length).toBeGreaterThan(0);
    const anna = body.photographs[0].faces[0].person;
    expect(lookUps.map(({ operation }) => operation)).toEqual([
      "post /v1/identify",
      "post /v1/find",
      "post /v1/find",
      "post /v1/find",
      "post /v1/lookalike",
    ]);
    expect(lookUps[0]).toMatchObject({ caller: "local", people: [anna] });
    expect(JSON.stringify(lookUps)).not.toContain("Anna");
  });

  it("sees corrections and new faces of other clients at once", async () => {
    const who = async () =>
      (await ask("/v1/identify", await photographs("images", ["portrait"]))).body.photographs[0].faces[0].name;
    expect(await who()).toBe("Anna");
    const other = await openGallery(join(folder, "gallery.db"), { create: true });
    const { id } = (await other.personByName("Anna")) as { id: number };
    await other.correct({ kind: "name", person: id, name: "Anne" });
    expect(await who()).toBe("Anne");
    const faces = (await Array.fromAsync(other.faces({ person: id }))).map((face) => face.id);
    await other.correct({ kind: "reject", person: id, faces });
    expect(await who()).toBeNull();
    await other.undo();
    await other.undo();
    await other.close();
    expect(await who()).toBe("Anna");
  });

  it("gives no answer without an audit entry", async () => {
    const failing = await createTestApp({
      settings: { gallery: join(folder, "gallery.db") },
      audit: () => Promise.reject(new Error("disk full")),
    });
    const answer = await failing.app.request("/v1/people");
    expect(answer.status).toBe(500);
    expect(await answer.text()).not.toContain("Anna");
    await failing.dispose();
  });
});

describe("pages and pictures", () => {
  it("continues lists where the previous page ended", async () => {
    const first = (await ask("/v1/faces?limit=3")).body;
    const second = (await ask(`/v1/faces?limit=3&after=${first.next}`)).body;
    expect([...first.faces, ...second.faces].map(({ id }) => id)).toEqual([1, 2, 3, 4]);
    expect([first.next, second.next]).toEqual([3, null]);
    expect(Object.keys(first.faces[0])).not.toContain("code");
    expect((await ask("/v1/faces?unassigned=true")).body.faces).toHaveLength(3);
    const people = (await ask("/v1/people?limit=1")).body;
    expect(people).toMatchObject({ total: 1, next: null, people: [{ name: "Anna", cover: 4 }] });
    const anna = people.people[0].id;
    for (const [search, total] of [
      ["nN", 1],
      ["Ann", 1],
      [String(anna), 1],
      ["Anne", 0],
      ["%25", 0],
      ["", 1],
    ])
      expect((await ask(`/v1/people?search=${search}`)).body.total, String(search)).toBe(total);
  });

  it("serves a face as a square JPEG with an ETag", async () => {
    const { status, body, headers } = await ask("/v1/faces/1/thumbnail?size=96");
    const { format, width, height } = await sharp(Buffer.from(body)).metadata();
    expect([status, format, width, height]).toEqual([200, "jpeg", 96, 96]);
    const tag = headers.get("etag") ?? "";
    expect((await ask("/v1/faces/1/thumbnail?size=96", { headers: { "if-none-match": `"x", ${tag}` } })).status).toBe(304);
    expect((await ask("/v1/faces/1/thumbnail?size=64", { headers: { "if-none-match": tag } })).status).toBe(200);
    expect(headers.get("cache-control")).toMatch(/^private/);
    expect((await ask("/v1/faces/999/thumbnail")).status).toBe(404);
    expect((await ask("/v1/faces/1/thumbnail?size=9999")).status).toBe(400);
  });

  it("serves a photograph at the requested size", async () => {
    const { body } = await ask("/v1/photographs/1/picture?size=400");
    const { width, height } = await sharp(Buffer.from(body)).metadata();
    expect(Math.max(width, height)).toBe(400);
    expect((await ask("/v1/photographs/1")).body.faces).toHaveLength(3);
  });

  it("caches small pictures", async () => {
    const kept = async () =>
      (await readdir(join(folder, "thumbnails"), { recursive: true })).filter((name) => name.endsWith(".jpg"));
    const before = (await kept()).length;
    const drawn = await ask("/v1/faces/2/thumbnail?size=160");
    expect((await kept()).length).toBe(before + 1);
    for (const name of (await kept()).filter((one) => one.includes("face-2-")))
      await writeFile(join(folder, "thumbnails", name), "kept");
    expect(Buffer.from((await ask("/v1/faces/2/thumbnail?size=160")).body).toString()).toBe("kept");
    expect(drawn.body.byteLength).toBeGreaterThan(1000);
  });

  it("groups faces without a person by the most likely person", async () => {
    const { total, groups } = (await ask("/v1/faces/unassigned")).body;
    const listed = groups.flatMap((group: { faces: { id: number }[] }) => group.faces.map(({ id }) => id));
    expect([total, listed.sort()]).toEqual([3, [1, 2, 3]]);
    const { faces } = (await ask("/v1/photographs/1")).body;
    expect(faces.map(({ name, likely }: { name: string | null; likely: unknown[] }) => [name, likely.length])).toEqual(
      new Array(3).fill([null, 1]),
    );
    expect(faces[0].likely[0]).toMatchObject({
      name: "Anna",
      distance: expect.any(Number),
      strangersAsClose: expect.any(Number),
    });
  });

  it("orders photographs and the faces of a person by date", async () => {
    const { photographs, total, next } = (await ask("/v1/photographs/by-date?limit=1")).body;
    expect([photographs.length, total, next]).toEqual([1, 2, 1]);
    expect(photographs[0].name).toMatch(/^sample\d\.jpg$/);
    const anna = (await ask("/v1/people/Anna")).body;
    const dated = (await ask(`/v1/people/id:${anna.id}/faces`)).body;
    expect(dated).toMatchObject({
      faces: [{ person: anna.id, takenAt: "2016-08-13T01:11:41" }],
      months: [{ month: "2016-08", faces: 1 }],
      next: null,
    });
  });
});

it("corrections persist and can be undone", async () => {
  const said = await ask("/v1/corrections", json({ correction: { kind: "create", name: "Ben", faces: [1] } }));
  expect(said.status).toBe(201);
  const ben = said.body.person;
  const taken = await ask("/v1/corrections", json({ correction: { kind: "create", name: "Ben", faces: [2] } }));
  expect([taken.status, taken.body.error.code]).toEqual([409, "PERSON_NAME_TAKEN"]);
  await ask("/v1/corrections", json({ correction: { kind: "name", person: ben, name: "Benjamin" } }));
  expect((await ask(`/v1/people/${ben}`)).body.name).toBe("Benjamin");
  expect((await ask("/v1/corrections/undo", json({}))).body.undone.correction.kind).toBe("name");
  expect((await ask(`/v1/people/${ben}`)).body.name).toBe("Ben");
});

describe("a job", () => {
  const start = (operation: string, input: unknown, headers = {}) => ask("/v1/jobs", json({ operation, input }, headers));
  async function events(id: string): Promise<{ state: string; result: { added?: number; people?: number } }[]> {
    const text = await (await test.app.request(`/v1/jobs/${id}/events`)).text();
    return [...text.matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data ?? ""));
  }

  it("indexes an allowed folder and can be watched until it ends", async () => {
    for (const name of ["sample3", "sample4"] as const)
      await writeFile(join(folder, "album", `${name}.jpg`), await readFile(samplePhotograph(name)));
    const { status, body } = await start("index", { paths: [join(folder, "album")] });
    expect([status, body.operation]).toEqual([202, "index"]);
    const seen = await events(body.id);
    expect(seen.at(-1)).toMatchObject({ state: "done", result: { added: 2 }, progress: { done: 2 } });
    expect((await ask("/v1/jobs")).body.jobs[0].id).toBe(body.id);
  });

  it("groups faces into people", async () => {
    const { body } = await start("cluster", { minFaces: 1 });
    expect((await events(body.id)).at(-1)).toMatchObject({ state: "done" });
    expect((await ask("/v1/clusters")).body.people.length).toBeGreaterThan(3);
  });

  it("is the same job for the same idempotency key", async () => {
    const [first, second] = [
      await start("cluster", {}, { "idempotency-key": "c" }),
      await start("cluster", {}, { "idempotency-key": "c" }),
    ];
    expect(second.body.id).toBe(first.body.id);
    await events(first.body.id);
  });

  it.each(["/etc", "../../etc", "album/../..", "link/passwd"])("indexes nothing outside its folders: %s", async (path) => {
    await symlink("/etc", join(folder, "album", "link")).catch(() => undefined);
    const { status, body } = await start("index", { paths: [path.startsWith("/") ? path : join(folder, "album", path)] });
    expect([status, body.error.code]).toEqual([400, "OPTION_INVALID"]);
  });

  it("that does not exist is an error", async () => {
    expect((await ask("/v1/jobs/none")).status).toBe(404);
    expect((await ask("/v1/jobs/none/events")).status).toBe(404);
    expect((await start("format", {})).status).toBe(400);
    const endless = await start("index", { paths: [join(folder, "album")], watch: true });
    expect([endless.status, endless.body.error.code]).toEqual([400, "OPTION_INVALID"]);
  });
});

it("a forgotten person appears in no answer", async () => {
  const anna = (await ask("/v1/people/Anna")).body;
  const forgotten = { person: { id: anna.id, name: "Anna" }, faces: anna.faces, sidecars: [] };
  expect((await ask("/v1/people/Anna?dryRun=true", { method: "DELETE" })).body).toMatchObject(forgotten);
  expect((await ask("/v1/people/Anna", { method: "DELETE" })).body).toMatchObject(forgotten);
  expect((await ask("/v1/people/Anna")).status).toBe(404);
  expect((await ask("/v1/photographs/1", { method: "DELETE" })).body.photograph.id).toBe(1);
  expect((await ask("/v1/faces/1")).status).toBe(404);
  const pictures = await readdir(join(folder, "thumbnails"), { recursive: true });
  expect(pictures.filter((name) => name.endsWith(".jpg"))).toEqual([]);
});
