/**
 * Growing byte buffer. It copies the chunks of a body: chunks that are kept survive the young generation and cause major garbage
 * collections.
 */
import { FaceNetError } from "../errors.ts";

const FIRST_BYTES = 256;

export class ByteList {
  readonly #limit: number;
  #buffer = Buffer.allocUnsafeSlow(FIRST_BYTES);
  #length = 0;

  /** @param limit maximum size, bytes */
  constructor(limit = Number.POSITIVE_INFINITY) {
    this.#limit = limit;
  }

  /** A view, valid until the next change. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#buffer.subarray(0, this.#length);
  }

  fits(count: number): boolean {
    return this.#length + count <= this.#limit;
  }

  /** @throws FaceNetError REQUEST_TOO_LARGE */
  add(bytes: Uint8Array): void {
    const length = this.#length + bytes.length;
    if (length > this.#limit)
      throw new FaceNetError("REQUEST_TOO_LARGE", { what: "its JSON is larger", limit: `${this.#limit} bytes` });
    if (length > this.#buffer.length) {
      const larger = Buffer.allocUnsafeSlow(Math.min(this.#limit, Math.max(length, 2 * this.#buffer.length)));
      larger.set(this.bytes);
      this.#buffer.buffer.transfer(0); // frees it now: external memory waits long for garbage collection
      this.#buffer = larger;
    }
    this.#buffer.set(bytes, this.#length);
    this.#length = length;
  }

  clear(): void {
    this.#length = 0;
  }

  /** Returns the bytes in a buffer of exact size and empties the list. */
  take(): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(this.#buffer.buffer.transfer(this.#length));
    this.#buffer = Buffer.allocUnsafeSlow(FIRST_BYTES);
    this.#length = 0;
    return bytes;
  }
}
