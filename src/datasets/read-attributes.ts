/** Attributes of people or images: a CSV file with a column `person` or `image` and at least one column of labels. */
import { basename, dirname } from "node:path";
import { CsvError, parse } from "csv-parse/sync";
import { FaceNetError } from "../errors.ts";
import { readText } from "../files/read-file.ts";

/** Subject of the rows: all images of a person, or one image (`person/file`). */
export type AttributeKey = "person" | "image";

export type Attributes = {
  readonly key: AttributeKey;
  /** labels by person or image, by column; an empty cell gives none */
  readonly columns: ReadonlyMap<string, ReadonlyMap<string, string>>;
};

/**
 * @param by names of columns; undefined: all
 * @throws FaceNetError FILE_NOT_READABLE, GROUPS_INVALID
 */
export async function readAttributes(file: string, by?: readonly string[]): Promise<Attributes> {
  return parseAttributes(await readText(file), file, by);
}

/**
 * @param text comma-separated values with a header line (RFC 4180)
 * @param file for messages
 * @throws FaceNetError GROUPS_INVALID
 */
export function parseAttributes(text: string, file: string, by?: readonly string[]): Attributes {
  const [titles = [], ...rows] = rowsOf(text, file);
  const key = titles.includes("image") ? "image" : "person";
  const keyColumn = titles.indexOf(key);
  if (keyColumn < 0) throw invalid(file, 1, "no column is named person or image");
  const labelled = titles.filter((title) => title !== "person" && title !== "image");
  if (labelled.length === 0) throw invalid(file, 1, `no column of labels besides ${key}`);
  const missing = by?.find((column) => !labelled.includes(column));
  if (missing !== undefined) throw invalid(file, 1, `no column ${missing}; columns: ${labelled.join(", ")}`);
  const subjects = rows.map((row) => row[keyColumn] as string);
  for (const [i, subject] of subjects.entries()) {
    if (subject === "") throw invalid(file, i + 2, `the ${key} has no name`);
  }
  const twice = subjects.findIndex(
    (
      (seen) => (subject: string) =>
        seen.has(subject) || !seen.add(subject)
    )(new Set<string>()),
  );
  if (twice >= 0) throw invalid(file, twice + 2, `${subjects[twice]} appears twice`);
  const columns = new Map(
    (by ?? labelled).map((column) => {
      const place = titles.indexOf(column);
      const labels = rows.flatMap((row, i) =>
        row[place] === "" ? [] : [[subjects[i] as string, row[place] as string] as const],
      );
      return [column, new Map(labels)] as const;
    }),
  );
  if ([...columns.values()].every((labels) => labels.size === 0)) throw invalid(file, 2, "the file contains no label");
  return { key, columns };
}

/** Key of a folder's image in a row: `Anna/1.jpg`. */
export function imageKey(path: string): string {
  return `${basename(dirname(path))}/${basename(path)}`;
}

function rowsOf(text: string, file: string): string[][] {
  try {
    return parse(text, { bom: true, trim: true, skip_empty_lines: true });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new FaceNetError("GROUPS_INVALID", { file, line: error.lines ?? "?", reason: error.message }, error);
  }
}

const invalid = (file: string, line: number, reason: string): FaceNetError =>
  new FaceNetError("GROUPS_INVALID", { file, line, reason });
