/** The contract as clients see it: OpenAPI document, methods of each path, metrics and audit log. */

import { openAsBlob } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { samplePortrait } from "../../test/sample-photographs.ts";
import { createTestApp, type TestApp } from "../../test/server/test-app.ts";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { commands } from "../cli/commands.ts";
import { type Client, createClient } from "../client/create-client.ts";
import { contract } from "../contract/contract.ts";
import type { RouteShape } from "../contract/route-shape.ts";
import { faceNetErrorCodes } from "../errors.ts";
import type { AuditEntry } from "./logs.ts";
import { operations } from "./routes.ts";

let folder: string;
let test: TestApp;
let client: Client;
const audit: AuditEntry[] = [];
beforeAll(async () => {
  folder = await temporaryFolder("contract");
  const settings = { gallery: join(folder, "gallery.db"), photographsFolder: join(folder, "photographs") };
  test = await createTestApp({ settings, audit: async (entry) => void audit.push(entry) });
  client = createClient({ url: "http://localhost", fetch: async (url, init) => test.app.request(String(url), init) });
});
afterAll(async () => {
  await test.dispose();
});

describe("the OpenAPI document", () => {
  // biome-ignore lint/suspicious/noExplicitAny: a document of another's schema
  let document: any;
  beforeAll(async () => {
    document = await (await test.app.request("/openapi.json")).json();
  });

  it("requires every parameter of a path", () => {
    for (const [path, methods] of Object.entries<
      Record<string, { parameters?: { name: string; in: string; required?: boolean }[] }>
    >(document.paths)) {
      const named = Array.from(path.matchAll(/\{(\w+)\}/g), ([, name]) => name);
      for (const [method, { parameters = [] }] of Object.entries(methods)) {
        const inPath = parameters.filter((one) => one.in === "path");
        expect([...inPath.map(({ name }) => name)].sort(), `${method} ${path}`).toEqual(named.sort());
        expect(inPath.every(({ required }) => required)).toBe(true);
      }
    }
  });

  it("names both headers of a key, and the Idempotency-Key of routes that change something", () => {
    const { bearer, apiKey } = document.components.securitySchemes;
    expect([bearer.scheme, apiKey.name]).toEqual(["bearer", "x-api-key"]);
    const headers = (path: string, method: string) =>
      document.paths[path][method].parameters?.filter((one: { in: string }) => one.in === "header") ?? [];
    expect(headers("/v1/corrections", "post")).toMatchObject([{ name: "Idempotency-Key" }]);
    expect(headers("/v1/identify", "post")).toEqual([]);
    expect(document.paths["/health"].get.security).toEqual([]);
  });

  it("describes uploads as forms and bare bodies, and one error schema with all codes", () => {
    const { content } = document.paths["/v1/detect"].post.requestBody;
    expect(Object.keys(content)).toEqual(["multipart/form-data", "image/*", "application/octet-stream"]);
    expect(content["multipart/form-data"].schema.required).toEqual(["images"]);
    expect(document.components.schemas.Error.properties.error.properties.code.enum).toEqual(faceNetErrorCodes);
  });

  it("names a command exactly for routes that run its operation", () => {
    const commandOf = new Map<unknown, string>(commands.map(({ operation }) => [operation.input, operation.name]));
    for (const [name, { command }] of Object.entries<RouteShape>(contract)) {
      const operation = Object.entries(operations).find(([route]) => route === name)?.[1];
      expect(command?.split(" --")[0], name).toBe(commandOf.get(operation?.input));
    }
    expect(document.paths["/v1/people"].get.description).not.toContain("facenet");
  });
});

it("an unsupported method gets 405 and the allowed methods", async () => {
  const document = (await (await test.app.request("/openapi.json")).json()) as { paths: Record<string, object> };
  const pages = ["/openapi.json", "/docs", "/docs/style.css"].map((path) => [path, { get: {} }]);
  for (const [path, own] of [...Object.entries(document.paths), ...pages] as [string, object][]) {
    if (path.startsWith("/api/v1/static/")) continue; // the key is in the address
    const address = path.replace(/\{\w+\}/g, "1");
    const others = Object.keys(document.paths).filter((one) => one !== path && one.replace(/\{\w+\}/g, "1") === address);
    const had = [path, ...others].flatMap((one) => Object.keys(document.paths[one] ?? own).map((method) => method.toUpperCase()));
    const allowed = had.flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : [method]));
    for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"].filter((one) => !had.includes(one))) {
      const answer = await test.app.request(address, { method });
      const told = answer.headers.get("allow")?.split(", ").sort();
      expect([answer.status, told], `${method} ${address}`).toEqual([405, allowed.sort()]);
      expect(await answer.text(), address).toContain(`${method} ${address}: method not allowed.`);
    }
  }
});

describe("every route", () => {
  const photograph = async () => openAsBlob(await samplePortrait());
  const figure = async (name: string) =>
    Number(
      (await client.metrics({}))
        .split("\n")
        .find((line) => line.startsWith(`${name} `))
        ?.split(" ")[1] ?? 0,
    );

  it("writes an audit line if it changes something or names people, adapters included", async () => {
    audit.length = 0;
    await client.enroll({ name: "Anna", images: [await photograph()] });
    await client.correct({ correction: { kind: "create", name: "Ben", faces: [1] } });
    await client.undo({});
    const { id } = await client.startJob({ operation: "cluster" });
    await Array.fromAsync(client.watchJob({ id }));
    const form = new FormData();
    form.append("file", await photograph(), "a.jpg");
    await test.app.request("/api/v1/recognition/recognize", { method: "POST", body: form });
    await client.forgetPhotograph({ photograph: 1 });
    expect(audit.map(({ operation }) => operation)).toEqual([
      "post /v1/people",
      "post /v1/corrections",
      "post /v1/corrections/undo",
      "post /v1/jobs",
      "post /api/v1/recognition/recognize",
      "delete /v1/photographs/{photograph}",
    ]);
  });

  it("counts its photographs, adapters included; failures by their code", async () => {
    const done = 'facenet_photographs_total{outcome="done"}';
    const before = await figure(done);
    await client.verify({ left: await photograph(), right: await photograph() });
    expect((await figure(done)) - before).toBe(2);
    const form = new FormData();
    for (const name of ["img1", "img2"]) form.append(name, await photograph(), "a.jpg");
    expect((await test.app.request("/verify", { method: "POST", body: form })).status).toBe(200);
    expect((await figure(done)) - before).toBe(4);
    await client.detect({ images: [new Blob(["x"])] }).catch(() => undefined);
    expect(await figure('facenet_photographs_total{outcome="IMAGE_UNKNOWN_FORMAT"}')).toBe(1);
    expect(await figure('facenet_stage_seconds_count{stage="compute"}')).toBeGreaterThan(2);
  });
});
