/** NPY format, version 1.0: float matrices and lists of integers and strings (numpy.lib.format). */

/** Fixed, so that the header can be overwritten once the number of rows is known. A multiple of 64, as the format requires. */
export const NPY_HEADER_BYTES = 128;

/** Header of a little-endian float32 matrix [rows, columns] in C order. */
export function npyHeader(rows: number, columns: number): Uint8Array {
  return header("<f4", `(${rows}, ${columns})`);
}

/** Header of a list of 32-bit integers. */
export function npyIntegerHeader(rows: number): Uint8Array {
  return header("<i4", `(${rows},)`);
}

/** Header of a list of strings of at most `length` code points. */
export function npyTextHeader(rows: number, length: number): Uint8Array {
  return header(`<U${length}`, `(${rows},)`);
}

/** One row as little-endian bytes. */
export function npyRow(vector: Float32Array): Uint8Array {
  const bytes = Buffer.alloc(vector.length * 4);
  for (const [i, value] of vector.entries()) bytes.writeFloatLE(value, i * 4);
  return bytes;
}

export function npyInteger(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}

/** A string in NumPy's encoding: UTF-32, padded with zeros. */
export function npyText(text: string, length: number): Uint8Array {
  const bytes = Buffer.alloc(4 * length);
  for (const [i, character] of Array.from(text).entries()) bytes.writeUInt32LE(character.codePointAt(0) as number, 4 * i);
  return bytes;
}

function header(type: string, shape: string): Uint8Array {
  const bytes = Buffer.alloc(NPY_HEADER_BYTES, " ");
  bytes.write("\x93NUMPY\x01\x00", "latin1");
  bytes.writeUInt16LE(NPY_HEADER_BYTES - 10, 8);
  bytes.write(`{'descr': '${type}', 'fortran_order': False, 'shape': ${shape}, }`, 10, "latin1");
  bytes.write("\n", NPY_HEADER_BYTES - 1, "latin1");
  return bytes;
}
