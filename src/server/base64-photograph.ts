/** Photographs as base64 or data URIs, decoded as they arrive. */
import type { NamedBytes } from "../schemas/image-source.ts";
import { ByteList } from "./byte-list.ts";
import { requestError } from "./error-response.ts";

/** Maximum length of a data URI's prefix: data:image/jpeg;charset=utf-8;base64, */
const PREFIX = 100;

export class Base64Photograph {
  readonly #bytes = new ByteList();
  #isOpen = false;
  #rest = "";

  /** @throws FaceNetError REQUEST_INVALID if the text is not base64 */
  write(bytes: Uint8Array): void {
    this.#rest += Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
    if (this.#isOpen || this.#rest.length >= PREFIX) this.#decode(false);
  }

  /** @throws FaceNetError REQUEST_INVALID */
  end(name: string): NamedBytes {
    this.#decode(true);
    return { name, data: this.#bytes.take() };
  }

  #decode(isLast: boolean): void {
    if (!this.#isOpen) this.#rest = withoutPrefix(this.#rest);
    this.#isOpen = true;
    const text = /\s/.test(this.#rest) ? this.#rest.replace(/\s+/g, "") : this.#rest;
    if (/[^\w+/=-]/.test(text)) throw notBase64();
    const end = isLast ? text.length : text.length - (text.length % 4);
    this.#bytes.add(Buffer.from(text.slice(0, end), "base64"));
    this.#rest = text.slice(end);
  }
}

function withoutPrefix(text: string): string {
  if (!/^\s*data:/i.test(text)) return text;
  const [prefix, type] = /^\s*data:image\/([\w.+-]+)(?:;[\w=.+-]+)*;base64,/i.exec(text) ?? [];
  if (prefix === undefined || type === undefined || /^svg/i.test(type)) throw notBase64();
  return text.slice(prefix.length);
}

/** @throws FaceNetError REQUEST_INVALID */
export function photographOfText(text: string, name: string): NamedBytes {
  const photograph = new Base64Photograph();
  photograph.write(Buffer.from(text, "utf8"));
  return photograph.end(name);
}

function notBase64() {
  const reason =
    "a photograph as text must be base64 or a data URI (data:image/jpeg;base64,…); paths and web addresses are not opened";
  return requestError(reason);
}
