import { describe, expect, it } from "vitest";
import { trainingDefaults } from "../schemas/training.ts";
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from "./checkpoint.ts";
import { readSafetensors, writeSafetensors } from "./safetensors.ts";

const checkpoint: Checkpoint = {
  configuration: { ...trainingDefaults, augment: ["flip"], network: "nn4-small", schedule: "0: 0.1\n" },
  step: 1240,
  trainer: {
    steps: 1234,
    tensors: new Map([
      ["conv1.weight", Float32Array.of(1, 2, 3)],
      ["conv1.weight:accumulator", Float32Array.of(0.1, 0.1, 0.1)],
    ]),
  },
  learned: new Map([["classes", Float32Array.of(5)]]),
  faces: { folder: "/photos/faces", aligned: false },
};

describe("encodeCheckpoint and decodeCheckpoint", () => {
  it("round-trip everything", () => {
    expect(decodeCheckpoint(encodeCheckpoint(checkpoint), "c.safetensors")).toEqual(checkpoint);
  });

  it("detect every truncated or modified byte of the values", () => {
    const bytes = encodeCheckpoint(checkpoint);
    const damaged = { code: "CHECKPOINT_DAMAGED" };
    for (let length = 0; length < bytes.length; length += 7) {
      expect(() => decodeCheckpoint(bytes.subarray(0, length), "c")).toThrow(expect.objectContaining(damaged));
    }
    for (let at = bytes.length - 28; at < bytes.length; at++) {
      expect(() => decodeCheckpoint(bytes.with(at, (bytes[at] as number) ^ 1), "c")).toThrow("do not match their checksum");
    }
  });

  it("reject safetensors files of other programs", () => {
    const other = writeSafetensors({ tensors: new Map(), metadata: { format: "pt" } });
    expect(() => decodeCheckpoint(other, "c.safetensors")).toThrow(
      "checkpoint c.safetensors: is damaged (its format is pt, not facenet-checkpoint.2)",
    );
  });

  it("reject a configuration with an unknown key", () => {
    const { tensors, metadata } = readSafetensors(encodeCheckpoint(checkpoint));
    const configuration = JSON.stringify({ ...checkpoint.configuration, dropout: 0.5 });
    const changed = writeSafetensors({ tensors, metadata: { ...metadata, configuration } });
    expect(() => decodeCheckpoint(changed, "c")).toThrow(/dropout/);
  });
});
