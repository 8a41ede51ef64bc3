/**
 * Embeddings written by `facenet embed`: JSON lines (each with its model's name), or a NumPy matrix
 * with a table of its rows beside it.
 */

import { extname } from "node:path";
import * as z from "zod";
import { FaceNetError, reasonOf } from "../errors.ts";
import { readBytes, readLines, readText } from "../files/read-file.ts";
import { brokenRule } from "../schemas/broken-rule.ts";
import { Box, Quality } from "../schemas/face.ts";
import { type ImageFailure, Reason } from "../schemas/failure.ts";

/** One face of an image. */
export type ExportedFace = {
  readonly image: string;
  readonly box: Box | null;
  /** null if the file does not state it */
  readonly quality: Quality | null;
  /** unit length */
  readonly vector: Float32Array;
  /** byte code; undefined if the file has none */
  readonly code: Int8Array | undefined;
};

export type ExportedEmbeddings = {
  /** null if the file does not state it */
  readonly model: string | null;
  readonly faces: readonly ExportedFace[];
  /** images in which no face was found, or that failed */
  readonly failures: readonly ImageFailure[];
};

/**
 * @param file .npy with FILE.labels.csv beside it, otherwise JSON lines
 * @throws FaceNetError FILE_NOT_READABLE; EMBEDDINGS_INVALID for a line or row without an embedding, values that are not
 *   finite or not of unit length, and rows of different lengths; EMBEDDINGS_INCOMPATIBLE for lines of different models
 */
export async function readExportedEmbeddings(file: string): Promise<ExportedEmbeddings> {
  const read = extname(file).toLowerCase() === ".npy" ? await readNpy(file) : await readJsonLines(file);
  const size = read.faces[0]?.vector.length;
  for (const [row, { vector, image }] of read.faces.entries()) requireUnit(file, `row ${row} (${image})`, vector, size as number);
  return read;
}

function requireUnit(file: string, place: string, vector: Float32Array, size: number): void {
  const invalid = (reason: string) => new FaceNetError("EMBEDDINGS_INVALID", { file, place, reason });
  if (vector.length !== size) throw invalid(`has ${vector.length} values where the first row has ${size}`);
  let squares = 0;
  for (const value of vector) squares += value * value;
  if (!Number.isFinite(squares)) throw invalid("has values that are not finite numbers");
  if (Math.abs(squares - 1) > 1e-3) throw invalid(`has length ${Math.sqrt(squares).toPrecision(4)}, unit length is needed`);
}

const Line = z.union([
  z.object({
    image: z.string(),
    faces: z.array(
      z.object({
        box: Box.optional(),
        quality: Quality.optional().catch(undefined), // absent or different in files of older versions
        embedding: z.object({
          model: z.string(),
          vector: z.array(z.number().nullable()), // JSON writes NaN as null
          code: z.base64().optional(),
        }),
      }),
    ),
  }),
  z.object({ image: z.string(), error: Reason }),
]);

async function readJsonLines(file: string): Promise<ExportedEmbeddings> {
  const faces: ExportedFace[] = [];
  const failures: ImageFailure[] = [];
  let model: string | null = null;
  let number = 0;
  for await (const line of readLines(file)) {
    number++;
    if (line.trim() === "") continue;
    const record = parseLine(line, file, number);
    if ("error" in record) {
      failures.push({ image: record.image, ...record.error });
      continue;
    }
    const largest = record.faces.toSorted((a, b) => areaOf(b.box) - areaOf(a.box))[0];
    if (!largest) continue;
    const { embedding, box, quality } = largest;
    model ??= embedding.model;
    if (embedding.model !== model)
      throw new FaceNetError("EMBEDDINGS_INCOMPATIBLE", {
        left: `${file} (${model})`,
        right: `${embedding.model} in the same file`,
      });
    faces.push({
      image: record.image,
      box: box ?? null,
      quality: quality ?? null,
      vector: Float32Array.from(embedding.vector, (value) => value ?? Number.NaN),
      code: embedding.code === undefined ? undefined : new Int8Array(Buffer.from(embedding.code, "base64")),
    });
  }
  return { model, faces, failures };
}

const areaOf = (box: Box | undefined): number => (box ? box.width * box.height : 0);

function parseLine(line: string, file: string, number: number): z.infer<typeof Line> {
  const place = `line ${number}`;
  try {
    return Line.parse(JSON.parse(line));
  } catch (error) {
    const reason = `is not a record of \`facenet embed --json\` (${brokenRule(error) ?? reasonOf(error)})`;
    throw new FaceNetError("EMBEDDINGS_INVALID", { file, place, reason }, error);
  }
}

async function readNpy(file: string): Promise<ExportedEmbeddings> {
  const matrix = parseNpy(await readBytes(file), file);
  const labels = parseLabels(await readText(`${file}.labels.csv`), `${file}.labels.csv`);
  if (labels.length !== matrix.length)
    throw new FaceNetError("EMBEDDINGS_INVALID", {
      file,
      place: "header",
      reason: `has ${matrix.length} rows, ${file}.labels.csv names ${labels.length}`,
    });
  const largestOf = new Map<string, ExportedFace>();
  for (const [row, { image, box }] of labels.entries()) {
    const known = largestOf.get(image);
    if (known && areaOf(known.box ?? undefined) >= areaOf(box)) continue;
    largestOf.set(image, { image, box, quality: null, vector: matrix[row] as Float32Array, code: undefined });
  }
  return { model: null, faces: [...largestOf.values()], failures: [] };
}

/** Rows of a two-dimensional little-endian float32 or float64 matrix in C order (numpy.lib.format, versions 1 to 3). */
function parseNpy(bytes: Buffer, file: string): Float32Array[] {
  const invalid = (reason: string) => new FaceNetError("EMBEDDINGS_INVALID", { file, place: "header", reason });
  if (bytes.length < 12 || bytes.toString("latin1", 0, 6) !== "\x93NUMPY") throw invalid("is not a NumPy file");
  const [headerLength, start] = bytes[6] === 1 ? [bytes.readUInt16LE(8), 10] : [bytes.readUInt32LE(8), 12];
  const header = bytes.toString("latin1", start, start + headerLength);
  const type = /'descr':\s*'<f([48])'/.exec(header)?.[1];
  const shape = /'shape':\s*\((\d+),\s*(\d+)\)/.exec(header);
  if (!type || !shape || !/'fortran_order':\s*False/.test(header))
    throw invalid("must be a matrix of float32 or float64 in C order");
  const [rows, columns, width] = [Number(shape[1]), Number(shape[2]), Number(type)];
  const data = bytes.subarray(start + headerLength);
  if (data.length < rows * columns * width) throw invalid("is truncated");
  return Array.from({ length: rows }, (_, row) =>
    Float32Array.from({ length: columns }, (_unused, column) => {
      const at = (row * columns + column) * width;
      return width === 4 ? data.readFloatLE(at) : data.readDoubleLE(at);
    }),
  );
}

/** Table that `facenet embed` writes beside a matrix: row,image,face,x,y,width,height. */
function parseLabels(text: string, file: string): { image: string; box: Box }[] {
  const [header = "", ...lines] = text.replace(/\r\n/g, "\n").trimEnd().split("\n");
  if (header !== "row,image,face,x,y,width,height")
    throw new FaceNetError("EMBEDDINGS_INVALID", { file, place: "line 1", reason: "must be row,image,face,x,y,width,height" });
  return lines.map((line, i) => {
    const fields = /^\d+,("(?:[^"]|"")*"|[^",]*),\d+,([^,]+),([^,]+),([^,]+),([^,]+)$/.exec(line);
    const [x, y, width, height] = fields?.slice(2).map(Number) ?? [];
    const box = Box.safeParse({ x, y, width, height });
    if (!fields?.[1] || !box.success)
      throw new FaceNetError("EMBEDDINGS_INVALID", {
        file,
        place: `line ${i + 2}`,
        reason: "must be row,image,face,x,y,width,height",
      });
    const image = fields[1].startsWith('"') ? fields[1].slice(1, -1).replaceAll('""', '"') : fields[1];
    return { image, box: box.data };
  });
}
