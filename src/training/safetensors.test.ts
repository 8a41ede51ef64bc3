import { describe, expect, it } from "vitest";
import { readSafetensors, type Safetensors, writeSafetensors } from "./safetensors.ts";

const example: Safetensors = {
  tensors: new Map([
    ["conv1/weights", { shape: [2, 3], values: Float32Array.of(1, -2, 3.5, 1e-30, Number.POSITIVE_INFINITY, -0) }],
    ["rate", { shape: [], values: Float32Array.of(0.05) }],
    ["empty", { shape: [0, 4], values: new Float32Array(0) }],
  ]),
  metadata: { step: "12", configuration: '{"a":"ü"}' },
};

/** A file with the given header. */
function fileOf(header: unknown, data: number): Uint8Array {
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, Buffer.alloc(data)]);
}

describe("writeSafetensors and readSafetensors", () => {
  it("round-trip tensors and metadata", () => {
    expect(readSafetensors(writeSafetensors(example))).toEqual(example);
  });

  it("follow the published layout", () => {
    const bytes = Buffer.from(writeSafetensors(example));
    const headerBytes = Number(bytes.readBigUInt64LE(0));
    const header = JSON.parse(bytes.toString("utf8", 8, 8 + headerBytes)) as Record<string, unknown>;
    expect(header["conv1/weights"]).toEqual({ dtype: "F32", shape: [2, 3], data_offsets: [0, 24] });
    expect(header.rate).toEqual({ dtype: "F32", shape: [], data_offsets: [24, 28] });
    expect(headerBytes % 8).toBe(0);
    expect(bytes.readFloatLE(8 + headerBytes + 8)).toBe(3.5);
  });

  it("reject a file truncated at any byte", () => {
    const bytes = writeSafetensors(example);
    for (let length = 0; length < bytes.length; length++)
      expect(() => readSafetensors(bytes.subarray(0, length))).toThrow(RangeError);
  });

  it.each([
    [Buffer.alloc(16, 255), "its header would have"],
    [Buffer.concat([Buffer.from([2, 0, 0, 0, 0, 0, 0, 0]), Buffer.from("{x")]), "its header is not JSON"],
    [fileOf([1], 0), "not a JSON object"],
    [fileOf({ a: { dtype: "F64", shape: [1], data_offsets: [0, 8] } }, 8), "a: element type F64, must be F32"],
    [fileOf({ a: { dtype: "F32", shape: [2], data_offsets: [0, 4] } }, 4), "a: [2] does not fill bytes 0 to 4"],
    [fileOf({ a: { dtype: "F32", shape: [1], data_offsets: [4, 8] } }, 8), "does not fill bytes 4 to 8"],
    [fileOf({ a: { dtype: "F32", shape: [-1], data_offsets: [0, 4] } }, 4), "not lists of sizes"],
    [fileOf({ a: { dtype: "F32", shape: [1], data_offsets: [0, 4] } }, 9), "5 bytes after the last tensor"],
  ])("reject %j", (bytes, message) => {
    expect(() => readSafetensors(bytes)).toThrow(message);
  });

  it("reject values that do not match their shape", () => {
    const tensors = new Map([["a", { shape: [3], values: new Float32Array(2) }]]);
    expect(() => writeSafetensors({ tensors, metadata: {} })).toThrow("a: [3] does not hold 2 values");
  });
});
