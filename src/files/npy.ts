/** The NPY format, version 1.0, as far as matrices of floats and lists of numbers and texts need it (numpy.lib.format). */

/** Fixed, so that the header can be written over when the number of rows is known. A multiple of 64, as the format asks. */
export const NPY_HEADER_BYTES = 128;

/** The header of a little-endian float32 matrix [rows, columns] in C order. */
export function npyHeader(rows: number, columns: number): Uint8Array {
  return header("<f4", `(${rows}, ${columns})`);
}

/** The header of a list of 32-bit whole numbers. */
export function npyIntegerHeader(rows: number): Uint8Array {
  return header("<i4", `(${rows},)`);
}

/** The header of a list of texts of at most `length` characters (code points, as Python counts them). */
export function npyTextHeader(rows: number, length: number): Uint8Array {
  return header(`<U${length}`, `(${rows},)`);
}

/** One row as bytes, little-endian whatever the machine. */
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

/** A text as NumPy keeps it: four bytes a character, filled up with zeros. */
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
