/**
 * Every operation with the minimal input that its schema accepts: defaults apply at every level, and only documented errors
 * occur.
 */
import { openAsBlob } from "node:fs";
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { exitCodes } from "../src/errors.ts";
import { FaceNet } from "../src/faces/facenet.ts";
import { readCatalogue, shippedModels } from "../src/models/model-store.ts";
import { routesOf } from "../src/server/routes.ts";
import { disposeModels, everyCommand, runInProcess } from "./run-in-process.ts";
import { samplePhotograph, samplePortrait } from "./sample-photographs.ts";
import { createTestApp, type TestApp, testServices } from "./server/test-app.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const home = process.cwd();
const { XDG_DATA_HOME: dataHome } = process.env;
let folder: string;
let test: TestApp;
let facenet: FaceNet;
beforeAll(async () => {
  folder = await temporaryFolder("least");
  process.chdir(folder);
  process.env.XDG_DATA_HOME = join(folder, "data");
  await mkdir("people/Anna", { recursive: true });
  await copyFile(await samplePortrait(), "anna.jpg");
  await copyFile(await samplePortrait(), "people/Anna/1.jpg");
  await copyFile(samplePhotograph("sample1"), "group.jpg");
  facenet = await FaceNet.load({ threads: 1 });
  const settings = { gallery: join(folder, "server.db"), photographsFolder: join(folder, "photographs") };
  test = await createTestApp({ settings: { ...settings, maxPixels: 10_000_000, reports: [] } });
});
afterAll(async () => {
  await test.dispose();
  await facenet.dispose();
  await disposeModels();
  process.chdir(home);
  if (dataHome === undefined) delete process.env.XDG_DATA_HOME;
  else process.env.XDG_DATA_HOME = dataHome;
});

type Schema = {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly required?: readonly string[];
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minimum?: number;
};

/** Minimal value of a schema, one per branch of a union: no optional fields. */
function leastOf(schema: Schema): unknown[] {
  const branches = schema.anyOf ?? schema.oneOf;
  if (branches) return branches.flatMap(leastOf);
  if (schema.const !== undefined) return [schema.const];
  if (schema.enum) return [schema.enum[0]];
  if (schema.type === "object") {
    let objects: Record<string, unknown>[] = [{}];
    for (const name of schema.required ?? []) {
      const values = leastOf(schema.properties?.[name] ?? {});
      objects = objects.flatMap((object) => values.map((value) => ({ ...object, [name]: value })));
    }
    return objects;
  }
  if (schema.type === "array") return [Array.from({ length: schema.minItems ?? 0 }, () => leastOf(schema.items ?? {})[0])];
  if (schema.type === "integer" || schema.type === "number") return [Math.max(schema.minimum ?? 1, 1)];
  if (schema.type === "boolean") return [false];
  return ["x"];
}

/** Fields with a default, at any level, that the parsed value lacks; for an omitted object, all of them. */
function missingDefaults(schema: Schema, parsed: unknown, at: string): string[] {
  const value = (parsed ?? {}) as Readonly<Record<string, unknown>>;
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const own = property.default !== undefined && value[name] === undefined ? [`${at}${name}`] : [];
    return property.type === "object" ? [...own, ...missingDefaults(property, value[name], `${at}${name}.`)] : own;
  });
}

function faultsOf(input: z.ZodType): string[] {
  const schema = z.toJSONSchema(input, { io: "input", unrepresentable: "any" }) as Schema;
  const branches = schema.anyOf ?? schema.oneOf ?? [schema];
  return branches.flatMap((branch) =>
    leastOf(branch).flatMap((least) => {
      const { success, data } = input.safeParse(least);
      return success ? missingDefaults(branch, data, "") : []; // a choice that the schema leaves to rules of its own
    }),
  );
}

describe("defaults apply at every level", () => {
  it.each(everyCommand.map(({ operation }) => [operation.name, operation.input] as const))("of the command %s", (_, input) => {
    expect(faultsOf(input)).toEqual([]);
  });

  it("of every route", () => {
    const routes = routesOf(testServices(facenet));
    expect(routes.length).toBeGreaterThan(50);
    for (const { method, path, input } of routes) expect([method, path, ...faultsOf(input)]).toEqual([method, path]);
  });
});

/** Every command with minimal arguments, in order on one gallery, with its exit code. */
const commandsWithDefaults = [
  [["detect", "anna.jpg"], 0],
  [["embed", "anna.jpg"], 0],
  [["verify", "anna.jpg", "anna.jpg"], 0],
  [["compare", "anna.jpg"], 0],
  [["models"], 0],
  [["describe"], 0],
  [["index", "anna.jpg", "group.jpg"], 0],
  [["cluster"], 0],
  [["enroll", "Anna", "anna.jpg"], 0],
  [["identify", "anna.jpg"], 0],
  [["find", "anna.jpg"], 0],
  [["lookalike", "anna.jpg"], 0],
  [["people"], 0],
  [["people", "suggestions"], 0],
  [["people", "answer", "Anna", "no"], exitCodes.usage],
  [["people", "draw", "anna.jpg", "--box", "10,10,40,40"], 0],
  [["calibrate"], exitCodes.input],
  [["report"], 0],
  [["undo"], 0],
  [["redo"], 0],
  [["migrate"], 0],
  [["identify", "anna.jpg"], 0],
  [["gallery", "statistics"], 0],
  [["gallery", "check"], 0],
  [["gallery", "backup", "backup.db"], 0],
  [["gallery", "export", "export.jsonl"], 0],
  [["gallery", "import", "export.jsonl"], 0],
  [["gallery", "unplaced"], 0],
  [["gallery", "prune"], 0],
  [["gallery", "relocate", "old", "new"], exitCodes.usage],
  [["gallery", "write-regions"], 0],
  [["gallery", "forget"], exitCodes.usage],
  [["align", "anna.jpg"], exitCodes.usage],
  [["demo", "anna.jpg"], 0],
  [["dataset", "build", "anna.jpg", "set"], 0],
  [["dataset", "stats", "people"], 0],
  [["dataset", "check", "people"], 0],
  [["dataset", "pack", "people", "packed"], 0],
  [["dataset", "apply", "set", "export.jsonl"], exitCodes.input],
  [["evaluate"], exitCodes.usage],
  [["experiment", "jpeg"], exitCodes.usage],
  [["train"], exitCodes.usage],
  [["keys", "create", "me"], 0],
  [["keys", "list"], 0],
  [["keys", "revoke", "x"], exitCodes.usage],
] as const;

describe("a command with its arguments alone", () => {
  it("is tried for every command", () => {
    const tried = new Set(commandsWithDefaults.map(([args]) => args.slice(0, 2).join(" ")));
    const names = everyCommand.map(({ operation }) => operation.name).filter((name) => name !== "serve");
    expect(names.filter((name) => ![...tried].some((one) => `${one} `.startsWith(`${name} `)))).toEqual([]);
  });

  it.each(commandsWithDefaults)("facenet %j: exit code %i", { timeout: 60_000 }, async (args, expected) => {
    const { exitCode, stderr } = await runInProcess(args);
    expect([exitCode, stderr]).toEqual([expected, expect.any(String)]);
    expect(stderr).not.toMatch(/received|expected \w+,/);
  });
});

describe("a user's own model", () => {
  const inGallery = ["--gallery", "own.db"];
  beforeAll(async () => {
    const { models } = await readCatalogue();
    const own = models.find(({ id }) => id === "sface.opencv-128");
    if (own?.task !== "embedding") throw new Error("the shipped model is there");
    await mkdir("m1");
    await writeFile("m1/manifest.json", JSON.stringify({ ...own, id: "my.m1" }));
    await copyFile(join(shippedModels, own.model.file), join("m1", own.model.file));
    expect(await runInProcess(["index", "group.jpg", "--model", "m1", ...inGallery])).toMatchObject({ exitCode: 0 });
  });

  it.each(["m1", "m1/", "./m1"])("is found as the folder %s", async (model) => {
    const clustered = await runInProcess(["cluster", "--model", model, ...inGallery]);
    expect([clustered.exitCode, clustered.stderr]).toEqual([0, ""]);
    expect((await runInProcess(["identify", "group.jpg", "--model", model, ...inGallery])).exitCode).toBe(0);
  });

  it("can be migrated from: identify works after migrate", async () => {
    await runInProcess(["enroll", "Anna", "group.jpg", "--position", "0", "--model", "m1", ...inGallery]);
    const moved = await runInProcess(["migrate", "--to", "mobilefacenet.faceplugin-512", ...inGallery]);
    expect([moved.exitCode, moved.stderr]).toEqual([0, expect.stringMatching(/0 failed/)]);
    const { exitCode, stdout } = await runInProcess(["identify", "group.jpg", ...inGallery]);
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining("Anna")]);
  });
});

it("POST /v1/jobs starts clustering without an input, as documented", async () => {
  const upload = new FormData();
  upload.append("images", await openAsBlob("group.jpg"), "group.jpg");
  await test.app.request("/v1/photographs", { method: "POST", body: upload });
  for (const body of [
    { operation: "cluster" },
    { operation: "cluster", input: {} },
    { operation: "cluster", input: { minFaces: 1 } },
  ]) {
    const headers = { "content-type": "application/json" };
    const started = await test.app.request("/v1/jobs", { method: "POST", body: JSON.stringify(body), headers });
    expect(started.status).toBe(202);
    const { id } = (await started.json()) as { id: string };
    await (await test.app.request(`/v1/jobs/${id}/events`)).text();
    expect(await (await test.app.request(`/v1/jobs/${id}`)).json()).toMatchObject({ state: "done", error: null });
  }
});
