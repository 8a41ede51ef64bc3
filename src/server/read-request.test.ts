import { type Context, Hono } from "hono";
import { expect, it } from "vitest";
import * as z from "zod";
import { FaceNetError } from "../errors.ts";
import { JSON_BYTES } from "./json-body.ts";
import { ByteBudget } from "./load-limits.ts";
import { type ReadRequest, readRequest, readTextFields } from "./read-request.ts";
import type { Route } from "./route.ts";

const route: Route = {
  name: "look",
  summary: "",
  method: "post",
  path: "/look/{person}",
  scope: "read",
  tag: "",
  hasRecords: false,
  photographs: ["image"],
  several: [],
  input: z.strictObject({ person: z.string(), far: z.number().default(1), flip: z.boolean().default(false) }),
  output: z.unknown(),
  run: async () => undefined,
};
const said: Route = { ...route, photographs: [] };
const two: Route = { ...route, photographs: ["left", "right"] };

/** The parsed request, or the code of the error. */
async function read(init: RequestInit, { query = "", of = route, total = 10_000_000 } = {}): Promise<ReadRequest | string> {
  const app = new Hono();
  let outcome: ReadRequest | string = "";
  const budget = new ByteBudget({ perRequest: total, total });
  app.all("/look/:person", async (c: Context) => {
    const lease = budget.lease(0);
    outcome = await readRequest(c, of, lease).catch((error: unknown) => {
      if (error instanceof FaceNetError) return error.code;
      throw error;
    });
    return c.text("");
  });
  await app.request(`/look/Anna${query}`, { method: "POST", ...init });
  return outcome;
}

const jpeg = { "content-type": "image/jpeg" };
const json = { "content-type": "application/json" };

it("reads a photograph from the body and options from the query", async () => {
  const { input, photographs } = (await read({ body: "bytes", headers: jpeg }, { query: "?far=1e-3&flip=true" })) as ReadRequest;
  expect(input).toEqual({ person: "Anna", far: 1e-3, flip: true });
  expect(Buffer.from(photographs.image?.[0]?.data ?? []).toString()).toBe("bytes");
});

it("reads both from a form; path overrides query overrides form", async () => {
  const body = new FormData();
  body.append("image", new Blob(["bytes"]), "a.jpg");
  body.append("far", "0.5");
  body.append("flip", "1");
  body.append("person", "Ben");
  const { input, photographs } = (await read({ body }, { query: "?far=0.25&person=Carl" })) as ReadRequest;
  expect(input).toEqual({ person: "Anna", far: 0.25, flip: true });
  expect(photographs.image).toMatchObject([{ name: "a.jpg" }]);
});

it("reads corrections from JSON, or from no body at all", async () => {
  expect(await read({ body: '{"far": 0.5}', headers: json }, { of: said })).toMatchObject({ input: { far: 0.5 } });
  expect(await read({}, { of: said })).toMatchObject({ input: { person: "Anna", far: 1 }, photographs: {} });
});

it.each([
  ["a body of another type", { body: "x", headers: { "content-type": "text/html" } }, route, "REQUEST_MEDIA_TYPE"],
  ["JSON where a photograph is wanted", { body: "{}", headers: json }, route, "REQUEST_MEDIA_TYPE"],
  ["one photograph where two are wanted", { body: "x", headers: jpeg }, two, "REQUEST_MEDIA_TYPE"],
  ["a photograph where none is wanted", { body: "x", headers: jpeg }, said, "REQUEST_MEDIA_TYPE"],
  ["JSON that is none", { body: "{", headers: json }, said, "REQUEST_INVALID"],
  ["JSON that is no object", { body: "[]", headers: json }, said, "REQUEST_INVALID"],
  ["JSON that is not UTF-8", { body: Uint8Array.of(0x7b, 0xff, 0x7d), headers: json }, said, "REQUEST_INVALID"],
  ["JSON of more than a megabyte", { body: `{"a":"${"x".repeat(JSON_BYTES)}"}`, headers: json }, said, "REQUEST_TOO_LARGE"],
  ["a field that is unknown", { body: '{"colour": "red"}', headers: json }, said, "OPTION_INVALID"],
])("refuses %s", async (_, init, of, code) => {
  expect(await read(init, { of })).toBe(code);
});

it("reads no more bytes than a request may have", async () => {
  expect(await read({ body: "x".repeat(101), headers: jpeg }, { total: 100 })).toBe("REQUEST_TOO_LARGE");
  expect(await read({ body: "x".repeat(100), headers: jpeg }, { total: 100 })).not.toBeTypeOf("string");
});

const textSchema = z.strictObject({
  far: z.number().default(1),
  count: z.int().optional(),
  flip: z.boolean().default(false),
  name: z.string().optional(),
  ids: z.array(z.int()).optional(),
});

it.each([
  [{ far: ["1e-3"] }, { far: 0.001 }],
  [{ count: ["12"] }, { count: 12 }],
  [{ flip: ["true"] }, { flip: true }],
  [{ flip: ["0"] }, { flip: false }],
  [{ name: ["12"] }, { name: "12" }],
  [{ ids: ["1,2", " 3"] }, { ids: [1, 2, 3] }],
])("%j is %j", (texts, values) => {
  expect(readTextFields(textSchema, texts)).toEqual(values);
});

it("leaves invalid, unknown and repeated values to the schema", () => {
  const texts = { far: [""], count: ["many"], flip: ["maybe"], name: ["a", "b"], toString: ["x"], ["__proto__"]: ["y"] };
  const read = readTextFields(textSchema, texts);
  expect(read).toMatchObject({ far: "", count: "many", flip: "maybe", name: ["a", "b"] });
  expect(textSchema.safeParse(read).success).toBe(false);
  expect(Object.keys(read)).toContain("__proto__");
});
