/** Audit log over all routes: every call that changes something writes one line, failed ones included; reading changes nothing. */
import { openAsBlob } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AuditEntry } from "../../src/server/logs.ts";
import type { OpenApiDocument } from "../../src/server/openapi-document.ts";
import { samplePhotograph, samplePortrait } from "../sample-photographs.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { requestOf, requests, targetsOf } from "./fuzz-requests.ts";
import { createTestApp, type TestApp } from "./test-app.ts";

let test: TestApp;
let document: OpenApiDocument;
const audit: AuditEntry[] = [];
beforeAll(async () => {
  const folder = await temporaryFolder("audit");
  const settings = { gallery: join(folder, "gallery.db"), photographsFolder: join(folder, "photographs"), maxPixels: 10_000_000 };
  test = await createTestApp({ settings, audit: async (entry) => void audit.push(entry) });
  document = (await (await test.app.request("/openapi.json")).json()) as OpenApiDocument;
});
afterAll(() => test.dispose());

const ask = async (path: string, init?: RequestInit) => test.app.request(path, init);
// biome-ignore lint/suspicious/noExplicitAny: answers of many shapes
const read = async (path: string): Promise<any> => (await ask(path)).json();
const send = (method: string, path: string, value?: unknown) =>
  ask(path, {
    method,
    ...(value !== undefined && { body: JSON.stringify(value), headers: { "content-type": "application/json" } }),
  });
const upload = async (path: string, field: string, fields: Record<string, string> = {}) => {
  const body = new FormData();
  body.append(field, await openAsBlob(await samplePortrait()), "anna.jpg");
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  return ask(path, { method: "POST", body });
};
const examples = async (subject: string): Promise<{ image_id: string }[]> =>
  (await read(`/api/v1/recognition/faces?subject=${subject}`)).faces;
const firstFace = async () => (await read("/v1/faces")).faces[0] as { id: number; photograph: number };

/** One call per route that changes something, in order, on one gallery. */
const changes: Readonly<Record<string, () => Promise<Response>>> = {
  "post /v1/photographs": () => upload("/v1/photographs", "images"),
  "post /v1/photographs/{photograph}/faces": async () =>
    send("POST", `/v1/photographs/${(await firstFace()).photograph}/faces`, { box: [2, 2, 60, 60], name: "Drawn" }),
  "post /v1/people": () => upload("/v1/people", "images", { name: "Anna" }),
  "post /v1/corrections": async () => {
    const { id } = await firstFace();
    return send("POST", "/v1/corrections", { correction: { kind: "create", name: "Ben", faces: [id] } });
  },
  "post /v1/corrections/undo": () => send("POST", "/v1/corrections/undo"),
  "post /v1/corrections/redo": () => send("POST", "/v1/corrections/redo"),
  "post /v1/suggestions/answer": async () => {
    const { id } = await firstFace();
    await send("POST", "/v1/corrections", { correction: { kind: "assign", faces: [id], person: null } });
    audit.length = 0;
    return send("POST", "/v1/suggestions/answer", { person: "name:Drawn", face: id, answer: "unsure" });
  },
  "post /v1/jobs": () => send("POST", "/v1/jobs", { operation: "cluster" }),
  "delete /v1/jobs/{id}": async () => send("DELETE", `/v1/jobs/${(await read("/v1/jobs")).jobs[0].id}`),
  "post /register": () => upload("/register", "img", { img_name: "Cleo" }),
  "post /build/index": () => send("POST", "/build/index", {}),
  "post /api/v1/recognition/subjects": () => send("POST", "/api/v1/recognition/subjects", { subject: "Dora" }),
  "put /api/v1/recognition/subjects/{name}": () => send("PUT", "/api/v1/recognition/subjects/Dora", { subject: "Eva" }),
  "post /api/v1/recognition/faces": () => upload("/api/v1/recognition/faces?subject=Eva", "file"),
  "delete /api/v1/recognition/faces/{image_id}": async () => {
    const [{ image_id: id } = { image_id: "" }] = await examples("Eva");
    audit.length = 0;
    return send("DELETE", `/api/v1/recognition/faces/${id}`);
  },
  "post /api/v1/recognition/faces/delete": async () => {
    await upload("/api/v1/recognition/faces?subject=Eva", "file");
    const ids = (await examples("Eva")).map(({ image_id: id }) => id);
    audit.length = 0;
    return send("POST", "/api/v1/recognition/faces/delete", ids);
  },
  "delete /api/v1/recognition/faces": () => send("DELETE", "/api/v1/recognition/faces?subject=Eva"),
  "delete /api/v1/recognition/subjects/{name}": () => send("DELETE", "/api/v1/recognition/subjects/Eva"),
  "delete /v1/people/{person}": async () => {
    await upload("/v1/people", "images", { name: "Fay" });
    audit.length = 0;
    return send("DELETE", "/v1/people/name:Fay");
  },
  "delete /v1/photographs/{photograph}": async () => {
    await upload("/v1/photographs", "images");
    const { photograph } = await firstFace();
    audit.length = 0;
    return send("DELETE", `/v1/photographs/${photograph}`);
  },
  "post /v1/photographs/prune": () => send("POST", "/v1/photographs/prune", {}),
  "delete /api/v1/recognition/subjects": () => send("DELETE", "/api/v1/recognition/subjects"),
};

type Described = { readonly description?: string };
const routesOf = ({ paths = {} }: OpenApiDocument, scope: RegExp): string[] =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods as Record<string, Described>)
      .filter(([, { description = "" }]) => scope.test(description))
      .map(([method]) => `${method} ${path}`),
  );

describe("a call that changes something", () => {
  it("has an example here for every route", () => {
    expect(Object.keys(changes).sort()).toEqual(routesOf(document, /scope (write|admin)/).sort());
  });

  it.each(Object.keys(changes))("%s writes one line", { timeout: 60_000 }, async (operation) => {
    audit.length = 0;
    const answer = await (changes[operation] as () => Promise<Response>)();
    expect(answer.status, await answer.text()).toBeLessThan(300);
    const own = audit.filter(({ requestId }) => requestId === answer.headers.get("x-request-id"));
    expect(own).toMatchObject([{ operation, caller: "local", error: null }]);
    expect(audit.filter((entry) => entry.operation === operation)).toEqual(own);
  });

  it("writes a line on failure, too: caller and code", async () => {
    audit.length = 0;
    const missing = { correction: { kind: "name", person: 9999, name: "Gus" } };
    expect((await send("POST", "/v1/corrections", missing)).status).toBe(404);
    expect(audit).toMatchObject([{ operation: "post /v1/corrections", error: "PERSON_NOT_FOUND", people: [] }]);
  });
});

it("read-only routes change nothing, whatever the input", { timeout: 120_000 }, async () => {
  await upload("/v1/people", "images", { name: "Anna" });
  const state = async () => ({ ...(await read("/v1/statistics")), ...(await read("/v1/corrections?limit=1")) });
  const small = Uint8Array.from(await sharp(samplePhotograph("sample2")).resize(480).jpeg().toBuffer());
  const reading = new Set(routesOf(document, /scope read/));
  const targets = targetsOf(document).filter(({ method, path }) => reading.has(`${method.toLowerCase()} ${path}`));
  const before = await state();
  for (const plan of fc.sample(requests(targets, [small]), { numRuns: 300, seed: 14 }))
    await (await test.app.request(await requestOf(plan))).arrayBuffer();
  expect(await state()).toEqual(before);
});
