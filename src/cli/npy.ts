/** The NPY format, version 1.0, as far as a float32 matrix needs it (numpy.lib.format). */

/** Fixed, so that the header can be written over when the number of rows is known. A multiple of 64, as the format asks. */
export const NPY_HEADER_BYTES = 128;

/** The header of a little-endian float32 matrix [rows, columns] in C order. */
export function npyHeader(rows: number, columns: number): Uint8Array {
  const header = Buffer.alloc(NPY_HEADER_BYTES, " ");
  header.write("\x93NUMPY\x01\x00", "latin1");
  header.writeUInt16LE(NPY_HEADER_BYTES - 10, 8);
  header.write(`{'descr': '<f4', 'fortran_order': False, 'shape': (${rows}, ${columns}), }`, 10, "latin1");
  header.write("\n", NPY_HEADER_BYTES - 1, "latin1");
  return header;
}

/** One row as bytes, little-endian whatever the machine. */
export function npyRow(vector: Float32Array): Uint8Array {
  const bytes = Buffer.alloc(vector.length * 4);
  for (const [i, value] of vector.entries()) bytes.writeFloatLE(value, i * 4);
  return bytes;
}
