/** Serialises results as one line of JSON, numbers at full precision. */

/** Float vectors become arrays of numbers, byte codes and pixels base64. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value, (_key, field: unknown) => {
    if (field instanceof Float32Array) return Array.from(field);
    if (field instanceof Int8Array || field instanceof Uint8Array) return base64(field);
    return field;
  });
}

/** The bytes as base64. */
export function base64(bytes: Int8Array | Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
}
