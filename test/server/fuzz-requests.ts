/** Random requests for every path of the contract: valid, almost valid and nonsense. */
import fc from "fast-check";
import type { OpenApiDocument } from "../../src/server/openapi-document.ts";

type Field = { readonly name: string };
type Operation = {
  readonly parameters?: readonly Field[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { schema?: { properties?: Record<string, unknown> } }>> };
};
export type Target = { readonly method: string; readonly path: string; readonly fields: readonly string[] };

export function targetsOf({ paths = {} }: OpenApiDocument): Target[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods as Record<string, Operation>).map(([method, { parameters = [], requestBody }]): Target => {
      const inBody = Object.values(requestBody?.content ?? {}).flatMap(({ schema }) => Object.keys(schema?.properties ?? {}));
      return { method: method.toUpperCase(), path, fields: [...new Set([...parameters.map(({ name }) => name), ...inBody])] };
    }),
  );
}

/** A request before its body is written. */
export type Plan = {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
  /** Multipart form, written by a Response. */
  readonly body: Response | Uint8Array<ArrayBuffer> | string | null;
};

/** Written out first: a form still being written when the server aborts would fail on its own. */
export async function requestOf({ url, method, headers, body }: Plan): Promise<Request> {
  if (!(body instanceof Response)) return new Request(url, { method, headers, body });
  headers.set("content-type", body.headers.get("content-type") ?? "");
  return new Request(url, { method, headers, body: await body.arrayBuffer() });
}

const text = fc.oneof(
  fc.constantFrom(
    "",
    "0",
    "1",
    "-1",
    "1e999",
    "NaN",
    "true",
    "null",
    "all",
    "largest",
    "id:1",
    "..",
    "../..",
    "%00",
    "__proto__",
    "[]",
  ),
  fc.integer().map(String),
  fc.string({ unit: "binary", maxLength: 30 }),
);
const mediaType = fc.constantFrom(
  "application/json",
  "image/jpeg",
  "application/octet-stream",
  "multipart/form-data",
  "multipart/form-data; boundary=b",
  "text/plain",
  "",
);

/** @param photographs valid ones; requests carry them, parts of them, and bytes that are not photographs */
export function requests(targets: readonly Target[], photographs: readonly Uint8Array<ArrayBuffer>[]): fc.Arbitrary<Plan> {
  const bytes = fc.oneof(
    fc.constantFrom(...photographs),
    fc.tuple(fc.constantFrom(...photographs), fc.nat(5000)).map(([whole, length]) => whole.slice(0, length)),
    fc.uint8Array({ maxLength: 200 }).map((array) => Uint8Array.from(array)),
  );
  return fc.constantFrom(...targets).chain(({ method, path, fields }) => {
    const field = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...fields, "images") }, { weight: 1, arbitrary: text });
    const pairs = fc.array(fc.tuple(field, text), { maxLength: 4 });
    const form = fc.tuple(pairs, fc.array(fc.tuple(field, bytes), { maxLength: 3 })).map(([texts, files]) => {
      const body = new FormData();
      for (const [name, value] of texts) body.append(name, value);
      for (const [name, value] of files) body.append(name, new Blob([value]), "a.jpg");
      return { body: new Response(body), type: undefined };
    });
    const json = fc
      .oneof(fc.jsonValue(), fc.dictionary(field, fc.oneof(fc.jsonValue(), text, fc.integer())))
      .map((value) => ({ body: JSON.stringify(value), type: "application/json" }));
    const raw = fc.tuple(bytes, mediaType).map(([body, type]) => ({ body, type }));
    const body = method === "POST" ? fc.oneof(form, json, raw) : fc.constant({ body: null, type: undefined });
    return fc
      .tuple(fc.array(text, { minLength: 2, maxLength: 2 }), pairs, body, fc.option(text))
      .map(([params, query, sent, key]) => {
        let next = 0;
        const address = path.replace(/\{\w+\}/g, () => encodeURIComponent((params[next++] ?? "").toWellFormed()) || "x");
        const search = new URLSearchParams(
          query.map(([name, value]): [string, string] => [name.toWellFormed(), value.toWellFormed()]),
        );
        const headers = new Headers();
        if (sent.type) headers.set("content-type", sent.type);
        if (key !== null) headers.set("idempotency-key", encodeURIComponent(key.toWellFormed()));
        return { url: `http://localhost${address}?${search}`, method, headers, body: sent.body };
      });
  });
}
