/** Reads and validates the records of an export file. */
import { FaceNetError, reasonOf } from "../errors.ts";
import { readLines } from "../files/read-file.ts";
import { brokenRule } from "../schemas/broken-rule.ts";
import { EXPORT_FORMAT, ExportRecord } from "../schemas/gallery-export.ts";

/** @throws FaceNetError FILE_NOT_READABLE; GALLERY_EXPORT_INVALID, after the records before the line that is wrong */
export async function* readExport(file: string): AsyncGenerator<ExportRecord, void, undefined> {
  let line = 0;
  let bytesOfCode: number | undefined;
  let ended = false;
  const invalid = (reason: string, cause?: unknown) => new FaceNetError("GALLERY_EXPORT_INVALID", { file, line, reason }, cause);
  for await (const text of readLines(file)) {
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
