import { createReadStream } from "node:fs";
import { basename } from "node:path";
import { createInterface } from "node:readline";
import * as z from "zod";
import { FaceNetError, reasonOf } from "../errors.ts";
import { type Progress, ProgressCounter } from "../faces/batch.ts";
import { GalleryImport } from "../gallery/import-gallery.ts";
import { brokenRule } from "../schemas/broken-rule.ts";
import { EXPORT_FORMAT, ExportRecord } from "../schemas/gallery-export.ts";
import { galleryOption } from "../schemas/options.ts";
import { defineAnswer } from "./operation.ts";

export const galleryImport = defineAnswer({
  name: "gallery import",
  summary: "Brings an exported gallery into this one, which may be empty or not",
  positionals: ["file"],
  examples: [
    {
      command: "facenet gallery import faces.jsonl --gallery postgres://db/faces",
      says: "may be stopped and started again; what is there is passed over",
    },
  ],
  input: z.strictObject({
    file: z.string().min(1).describe("that `facenet gallery export` wrote"),
    ...galleryOption,
  }),
  output: z.object({
    photographs: z.int().describe("in the file"),
    added: z.int().describe("photographs that were not in the gallery before"),
    faces: z.int().describe("that are new"),
    forgotten: z.int().describe("photographs passed over, because they were forgotten here"),
    conflicts: z.array(z.string()).describe("paths at which this gallery has other photographs; those of the file were left out"),
  }),
  async run({ file, gallery }, { borrowGallery, signal, onProgress }) {
    const records = readRecords(file);
    const first = await records.next(); // a file that is none does not make a gallery
    await using opened = await borrowGallery(gallery, { create: true });
    const { store } = opened;
    const into = new GalleryImport(store, basename(file));
    const count = counter(onProgress);
    if (!first.done) await into.add(first.value);
    for await (const record of records) {
      signal.throwIfAborted();
      await into.add(record);
      if (record.kind === "photograph") count(record.faces.length);
    }
    const { conflicts, ...counts } = into.report;
    return { ...counts, conflicts: [...conflicts] };
  },
});

function counter(onProgress: (progress: Progress) => void): (faces: number) => void {
  const progress = new ProgressCounter(undefined, performance.now());
  return (faces) => onProgress(progress.count(true, faces, performance.now()));
}

/** @throws FaceNetError FILE_NOT_READABLE; GALLERY_EXPORT_INVALID, after the records before the line that is wrong */
async function* readRecords(file: string): AsyncGenerator<ExportRecord, void, undefined> {
  let line = 0;
  let bytesOfCode: number | undefined;
  let ended = false;
  const invalid = (reason: string, cause?: unknown) => new FaceNetError("GALLERY_EXPORT_INVALID", { file, line, reason }, cause);
  for await (const text of linesOf(file)) {
    line++;
    if (text === "" || ended) continue;
    const record = parse(text, invalid);
    if ((record.kind === "gallery") !== (line === 1)) throw invalid("an export begins with its gallery record, and has one");
    if (record.kind === "gallery") {
      if (record.format > EXPORT_FORMAT)
        throw invalid(`is of format ${record.format}, this facenet reads up to ${EXPORT_FORMAT}`);
      bytesOfCode = record.identity.dimensions;
    }
    if (record.kind === "photograph" && record.faces.some(({ code }) => Buffer.from(code, "base64").length !== bytesOfCode))
      throw invalid(`a code has not the ${bytesOfCode} bytes of the model`);
    yield record;
    ended = record.kind === "end";
  }
  if (!ended) throw invalid("the file was cut off: its end record is missing");
}

function parse(text: string, invalid: (reason: string, cause?: unknown) => FaceNetError): ExportRecord {
  try {
    return ExportRecord.parse(JSON.parse(text));
  } catch (error) {
    throw invalid(brokenRule(error) ?? reasonOf(error), error);
  }
}

async function* linesOf(file: string): AsyncGenerator<string> {
  const stream = createReadStream(file, "utf8");
  try {
    yield* createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY });
  } catch (error) {
    throw new FaceNetError("FILE_NOT_READABLE", { file, reason: reasonOf(error) }, error);
  } finally {
    stream.destroy();
  }
}
