/**
 * Reads JSON bodies that contain photographs in base64. Long strings are decoded as they arrive and never reach the JSON parser,
 * so that a body of 60 MB blocks other requests no longer than one of its chunks.
 */
import { randomUUID } from "node:crypto";
import { Base64Photograph } from "./base64-photograph.ts";
import { ByteList } from "./byte-list.ts";
import { requestError } from "./error-response.ts";
import type { ByteLease } from "./load-limits.ts";

/** Maximum size of a JSON body without its photographs, bytes. */
export const JSON_BYTES = 1_000_000;
/** Strings longer than this are photographs. */
const LONG_BYTES = 10_000;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * Fields of a JSON object. Strings longer than LONG_BYTES become photographs ({@link NamedBytes}).
 *
 * @throws FaceNetError REQUEST_INVALID, REQUEST_TOO_LARGE, SERVER_BUSY
 */
export async function readJsonBody(request: Request, lease: ByteLease): Promise<Record<string, unknown>> {
  const scanner = new JsonScanner();
  for await (const chunk of request.body ?? []) {
    lease.take(chunk.byteLength);
    scanner.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
  }
  return scanner.end();
}

/** @throws FaceNetError REQUEST_INVALID */
export function objectOf(value: unknown): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw requestError("its JSON body must be an object");
  return value as Record<string, unknown>;
}

/** @throws FaceNetError REQUEST_INVALID */
export function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    throw requestError("its body is not valid JSON in UTF-8", error);
  }
}

export class JsonScanner {
  /** Random, so that a body cannot contain it on purpose. */
  readonly #mark = randomUUID();
  readonly #json = new ByteList(JSON_BYTES);
  readonly #photographs: Base64Photograph[] = [];
  #string = new ByteList(LONG_BYTES);
  #photograph: Base64Photograph | undefined;
  #isInString = false;
  #isEscaped = false;

  write(chunk: Buffer): void {
    let at = 0;
    let quote = chunk.indexOf(QUOTE);
    let backslash = chunk.indexOf(BACKSLASH);
    while (at < chunk.length) {
      if (quote !== -1 && quote < at) quote = chunk.indexOf(QUOTE, at);
      if (backslash !== -1 && backslash < at) backslash = chunk.indexOf(BACKSLASH, at);
      if (this.#isEscaped) {
        this.#escape(chunk[at] as number);
        this.#isEscaped = false;
        at++;
      } else if (!this.#isInString) {
        const end = quote === -1 ? chunk.length : quote + 1;
        this.#json.add(chunk.subarray(at, end));
        this.#isInString = quote !== -1;
        at = end;
      } else {
        const ends = [quote, backslash, chunk.length].filter((end) => end !== -1);
        const end = Math.min(...ends);
        this.#text(chunk.subarray(at, end));
        if (end === backslash) this.#isEscaped = true;
        else if (end === quote) this.#closeString();
        at = end + 1;
      }
    }
  }

  end(): Record<string, unknown> {
    const fields = Object.entries(objectOf(parseJson(this.#json.bytes))).map(([name, field]): [string, unknown] => {
      const number = typeof field === "string" && field.startsWith(this.#mark) ? Number(field.slice(this.#mark.length)) : -1;
      return [name, this.#photographs[number]?.end(name) ?? field];
    });
    return Object.fromEntries(fields);
  }

  #text(bytes: Uint8Array): void {
    if (!this.#photograph && this.#string.fits(bytes.length)) {
      this.#string.add(bytes);
      return;
    }
    if (!this.#photograph) {
      this.#photograph = new Base64Photograph();
      this.#photograph.write(unescaped(this.#string.bytes));
      this.#string = new ByteList(LONG_BYTES);
    }
    this.#photograph.write(unescaped(bytes));
  }

  #escape(byte: number): void {
    this.#text(Buffer.from([BACKSLASH, byte]));
  }

  #closeString(): void {
    if (this.#photograph) this.#json.add(Buffer.from(`${this.#mark}${this.#photographs.push(this.#photograph) - 1}`));
    else this.#json.add(this.#string.bytes);
    this.#json.add(Buffer.of(QUOTE));
    this.#string.clear();
    this.#photograph = undefined;
    this.#isInString = false;
  }
}

/** Resolves the escapes that encoders write into base64: slashes and line ends. Any other is rejected as not base64. */
function unescaped(bytes: Uint8Array): Uint8Array {
  if (!bytes.includes(BACKSLASH)) return bytes;
  return Buffer.from(
    Buffer.from(bytes)
      .toString("latin1")
      .replaceAll("\\/", "/")
      .replace(/\\[nrt]/g, " "),
    "latin1",
  );
}
