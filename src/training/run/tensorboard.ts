/**
 * TensorBoard event file of a training run: every figure of `train.jsonl` as a scalar by step, under `train/` and `held-out/`.
 *
 * The file is a sequence of TFRecords: `length (8 bytes), masked CRC-32C of it, data, masked CRC-32C of the data`. The data is an
 * `Event` message (tensorflow/core/util/event.proto), of which only the fields for scalars are encoded here.
 */
import { writeWhole } from "../../files/whole-file.ts";
import type { TrainingLogLine } from "./training-log.ts";

export type Scalar = { readonly tag: string; readonly value: number };

/** File name by which TensorBoard recognises event files. */
export const EVENT_FILE = "events.out.tfevents.0.facenet";

/** @param wallTime seconds since 1970, the same for all events, because the log has no times */
export async function writeEventFile(file: string, lines: readonly TrainingLogLine[], wallTime: number): Promise<void> {
  const events = lines.flatMap((line) => {
    const scalars = scalarsOf(line);
    return scalars.length === 0 ? [] : [eventRecord(wallTime, line.step, scalars)];
  });
  await writeWhole(file, Buffer.concat([versionRecord(wallTime), ...events]), { durable: true });
}

/** Scalars of a line of the log. */
export function scalarsOf(line: TrainingLogLine): Scalar[] {
  if (line.kind !== "step" && line.kind !== "held-out") return [];
  const { kind, step: _, ...figures } = line;
  const group = kind === "step" ? "train" : "held-out";
  return Object.entries(figures).flatMap(([name, value]) => {
    if (typeof value === "number") return [{ tag: `${group}/${name}`, value }];
    if (!Array.isArray(value)) return [];
    return value.map(({ far, val }) => ({ tag: `${group}/VAL at FAR ${far}`, value: val }));
  });
}

export function versionRecord(wallTime: number): Buffer {
  return record(Buffer.concat([double(1, wallTime), bytes(3, Buffer.from("brain.Event:2"))]));
}

export function eventRecord(wallTime: number, step: number, scalars: readonly Scalar[]): Buffer {
  const values = scalars.map(({ tag, value }) => bytes(1, Buffer.concat([bytes(1, Buffer.from(tag)), float(2, value)])));
  return record(Buffer.concat([double(1, wallTime), varint(2, step), bytes(5, Buffer.concat(values))]));
}

function record(data: Buffer): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(data.length));
  return Buffer.concat([length, maskedCrc(length), data, maskedCrc(data)]);
}

/** Protocol buffer key: field number and wire type. */
const key = (field: number, wireType: number): Buffer => Buffer.of((field << 3) | wireType);
const varint = (field: number, value: number): Buffer => Buffer.concat([key(field, 0), variable(value)]);
const bytes = (field: number, value: Buffer): Buffer => Buffer.concat([key(field, 2), variable(value.length), value]);

function double(field: number, value: number): Buffer {
  const data = Buffer.alloc(8);
  data.writeDoubleLE(value);
  return Buffer.concat([key(field, 1), data]);
}

function float(field: number, value: number): Buffer {
  const data = Buffer.alloc(4);
  data.writeFloatLE(value);
  return Buffer.concat([key(field, 5), data]);
}

function variable(value: number): Buffer {
  const out: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) out.push((rest % 128) | 128);
  return Buffer.from([...out, rest]);
}

const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
  return value >>> 0;
});

/** CRC-32C (Castagnoli), masked as in TFRecord. */
function maskedCrc(data: Buffer): Buffer {
  let crc = 0xffffffff;
  for (const byte of data) crc = (crcTable[(crc ^ byte) & 255] as number) ^ (crc >>> 8);
  crc = (crc ^ 0xffffffff) >>> 0;
  const out = Buffer.alloc(4);
  out.writeUInt32LE((((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0);
  return out;
}
