import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { NamedBytes } from "../schemas/image-source.ts";
import { JSON_BYTES, JsonScanner, readJsonBody } from "./json-body.ts";
import { ByteBudget } from "./load-limits.ts";

function scan(text: string, cuts: readonly number[] = []): Record<string, unknown> {
  const scanner = new JsonScanner();
  const bytes = Buffer.from(text);
  const ends = [...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  let start = 0;
  for (const end of ends) {
    scanner.write(bytes.subarray(start, end));
    start = end;
  }
  return scanner.end();
}

const invalid = expect.objectContaining({ code: "REQUEST_INVALID" });

describe("a JSON body", () => {
  it("without long strings is parsed like JSON.parse, whatever the chunks", () => {
    const objects = fc.dictionary(fc.string({ unit: "binary" }), fc.jsonValue());
    fc.assert(
      fc.property(objects, fc.array(fc.nat()), (object, cuts) => {
        const text = JSON.stringify(object);
        expect(scan(text, cuts)).toEqual(JSON.parse(text));
      }),
    );
  });

  it("yields photographs as files, with or without data URI prefix, escaped slashes and line ends", async () => {
    const bytes = fc.uint8Array({ minLength: 9000, maxLength: 30_000 });
    const heads = fc.constantFrom("", "data:image/jpeg;base64,");
    const property = fc.asyncProperty(
      bytes,
      heads,
      fc.boolean(),
      fc.array(fc.nat(), { maxLength: 6 }),
      async (photo, head, wrapped, cuts) => {
        const base64 = Buffer.from(photo).toString("base64");
        const sent = head + (wrapped ? base64.replace(/.{76}/g, "$&\r\n") : base64);
        const text = JSON.stringify({ a: 1, file: sent, b: "end" }).replaceAll("/", "\\/");
        const { a, b, file } = scan(text, cuts) as { a: number; b: string; file: NamedBytes };
        expect([a, b]).toEqual([1, "end"]);
        expect(Buffer.from(file.data).equals(photo)).toBe(true);
      },
    );
    await fc.assert(property, { numRuns: 30, endOnFailure: true });
  });

  it.each([
    ["a long text that is no base64", `{"file": "${"ä".repeat(20_000)}"}`],
    ["a long text with other escapes", `{"file": "${"\\u0041".repeat(5000)}"}`],
    ["a drawing", `{"file": "data:image/svg+xml;base64,${"A".repeat(20_000)}"}`],
    ["a document", `{"file": "data:text/html;base64,${"A".repeat(20_000)}"}`],
    ["an open string", '{"file": "'],
    ["an array", "[]"],
    ["bytes that are not UTF-8", '{"a": "\u00ff"}'],
  ])("is refused: %s", (name, text) => {
    const scanner = new JsonScanner();
    const scanned = () => {
      scanner.write(Buffer.from(text, name.includes("UTF-8") ? "latin1" : "utf8"));
      return scanner.end();
    };
    expect(scanned).toThrow(invalid);
  });

  it("is limited in size without its photographs", () => {
    const scanner = new JsonScanner();
    const write = () => scanner.write(Buffer.alloc(JSON_BYTES / 10, "[1],"));
    for (let i = 0; i < 10; i++) write();
    expect(write).toThrow(expect.objectContaining({ code: "REQUEST_TOO_LARGE" }));
  });

  it("of 60 MB lets other work run between its chunks", { timeout: 60_000 }, async () => {
    const budget = new ByteBudget({ total: 1e9, perRequest: 1e8 });
    const chunk = Buffer.alloc(65_536, "A");
    const body = new ReadableStream({
      start: (controller) => controller.enqueue(Buffer.from('{"img": "')),
      pull: async (controller) => {
        await new Promise(setImmediate);
        if (budget.used < 60e6) controller.enqueue(chunk);
        else {
          controller.enqueue(Buffer.from('"}'));
          controller.close();
        }
      },
    });
    let longestMs = 0;
    let last = performance.now();
    const ticking = setInterval(() => {
      longestMs = Math.max(longestMs, performance.now() - last);
      last = performance.now();
    }, 1);
    const request = new Request("http://localhost/", { method: "POST", body, duplex: "half" } as RequestInit);
    const { img } = (await readJsonBody(request, budget.lease(0))) as { img: NamedBytes };
    clearInterval(ticking);
    expect(img.data.length).toBeGreaterThan(44e6);
    expect(longestMs).toBeLessThan(500);
  });
});
