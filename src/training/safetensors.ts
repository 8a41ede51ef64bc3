/**
 * The safetensors format, version of 2023 (huggingface/safetensors, README): eight bytes with the length of a JSON header, the
 * header, then the values of the tensors, little-endian, consecutively. It contains no code; all lengths are validated here.
 */

export type NamedTensor = { readonly shape: readonly number[]; readonly values: Float32Array };

export type Safetensors = {
  readonly tensors: ReadonlyMap<string, NamedTensor>;
  /** Strings stored with the tensors. */
  readonly metadata: Readonly<Record<string, string>>;
};

const METADATA = "__metadata__";
/** Limit of the reference reader. */
const MAX_HEADER_BYTES = 100_000_000;

/** @throws RangeError if the values do not match their shape */
export function writeSafetensors({ tensors, metadata }: Safetensors): Uint8Array {
  const header: Record<string, unknown> = { [METADATA]: metadata };
  let offset = 0;
  for (const [name, { shape, values }] of tensors) {
    if (values.length !== sizeOf(shape)) throw new RangeError(`${name}: [${shape}] does not hold ${values.length} values`);
    header[name] = { dtype: "F32", shape, data_offsets: [offset, offset + values.byteLength] };
    offset += values.byteLength;
  }
  const text = Buffer.from(JSON.stringify(header));
  const headerBytes = Math.ceil(text.length / 8) * 8; // pads with spaces to align the values
  const out = Buffer.alloc(8 + headerBytes + offset, " ");
  out.writeBigUInt64LE(BigInt(headerBytes), 0);
  text.copy(out, 8);
  let at = 8 + headerBytes;
  for (const { values } of tensors.values()) {
    out.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at);
    at += values.byteLength;
  }
  return out;
}

/**
 * Reads the metadata without the tensors.
 *
 * @param read returns the given number of bytes from the start of the file, or fewer if it is shorter
 * @throws RangeError with the defect of the file
 */
export async function readSafetensorsMetadata(
  read: (bytes: number) => Promise<Uint8Array>,
): Promise<Readonly<Record<string, string>>> {
  const end = 8 + headerLength(await read(8));
  const bytes = await read(end);
  if (bytes.length < end) throw new RangeError(`its header would end at byte ${end}, the file has ${bytes.length}`);
  return (parseHeader(bytes.subarray(8, end))[METADATA] ?? {}) as Record<string, string>;
}

/** @throws RangeError with the defect of the file */
export function readSafetensors(bytes: Uint8Array): Safetensors {
  const headerBytes = headerLength(bytes);
  if (8 + headerBytes > bytes.length)
    throw new RangeError(`its header would have ${headerBytes} bytes, the file has ${bytes.length}`);
  const { [METADATA]: metadata = {}, ...entries } = parseHeader(bytes.subarray(8, 8 + headerBytes));
  const data = bytes.subarray(8 + headerBytes);
  const tensors = new Map<string, NamedTensor>();
  let end = 0;
  for (const [name, entry] of Object.entries(entries)) {
    const { dtype, shape, data_offsets: offsets } = entry as { dtype?: unknown; shape?: unknown; data_offsets?: unknown };
    if (dtype !== "F32") throw new RangeError(`${name}: element type ${String(dtype)}, must be F32`);
    if (!isSizes(shape) || !isSizes(offsets) || offsets.length !== 2)
      throw new RangeError(`${name}: shape or offsets are not lists of sizes`);
    const [from, to] = offsets as [number, number];
    if (from !== end || to - from !== 4 * sizeOf(shape))
      throw new RangeError(`${name}: [${shape}] does not fill bytes ${from} to ${to}`);
    if (to > data.length) throw new RangeError(`${name}: ends at byte ${to} of ${data.length}; the file is truncated`);
    tensors.set(name, { shape, values: new Float32Array(Uint8Array.from(data.subarray(from, to)).buffer) });
    end = to;
  }
  if (end !== data.length) throw new RangeError(`${data.length - end} bytes after the last tensor`);
  return { tensors, metadata: metadata as Record<string, string> };
}

function headerLength(bytes: Uint8Array): number {
  if (bytes.length < 8) throw new RangeError(`has ${bytes.length} bytes, too few for a header`);
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (length > MAX_HEADER_BYTES)
    throw new RangeError(`its header would have ${length} bytes, at most ${MAX_HEADER_BYTES} are read`);
  return length;
}

function parseHeader(bytes: Uint8Array): Record<string, unknown> {
  try {
    const header: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    if (typeof header === "object" && header !== null && !Array.isArray(header)) return header as Record<string, unknown>;
  } catch (error) {
    throw new RangeError("its header is not JSON", { cause: error });
  }
  throw new RangeError("its header is not a JSON object");
}

const isSizes = (list: unknown): list is number[] =>
  Array.isArray(list) && list.every((size) => Number.isSafeInteger(size) && size >= 0);

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);
