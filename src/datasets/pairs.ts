/**
 * Lists of image pairs in the format of LFW's `pairs.txt`; paths of images are resolved elsewhere.
 *
 *     10<TAB>300                  folds, pairs of each kind per fold; `300` alone means one fold
 *     name<TAB>i<TAB>j            300 lines: images i and j of one person
 *     name1<TAB>i<TAB>name2<TAB>j 300 lines: image i of one person, image j of another
 *     …                           the same for each further fold
 *
 * Format: http://vis-www.cs.umass.edu/lfw/README.txt
 */

import { isUtf8 } from "node:buffer";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { FaceNetError, reasonOf } from "../errors.ts";
import { readBytes } from "../files/read-file.ts";
import { listImages } from "../image/list-images.ts";

/** One image of a person: `index` counts from 1. */
export type ImageRef = { readonly name: string; readonly index: number };

/** Two images to compare, whether they show the same person, and the fold (from 1) they belong to. */
export type Pair = { readonly left: ImageRef; readonly right: ImageRef; readonly same: boolean; readonly fold: number };

/** A violated rule of a line; {@link parsePairs} adds the file and the line. */
type Broken = { readonly rule: string };

/**
 * Parses a list of pairs. Accepts a byte-order mark, CRLF line ends, blank lines after the last pair, and spaces instead of
 * tabs; a name may contain any letters, and spaces if the line is separated by tabs. Names are kept as
 * written (no Unicode normalisation): they must match the folders' names.
 *
 * @param text the whole file
 * @param file its name, for messages only
 * @returns folds x 2 x count pairs in the order of the file
 * @throws FaceNetError PAIRS_INVALID with file, line (from 1) and the violated rule
 * @example
 * parsePairs("1\nAda\t1\t2\nAda\t1\tBob\t1\n", "pairs.txt"); // one pair of each kind, fold 1
 */
export function parsePairs(text: string, file: string): Pair[] {
  const lines = text.trimEnd().split(/\r?\n/);
  const invalid = (line: number, reason: string) => new FaceNetError("PAIRS_INVALID", { file, line, reason });

  const header = parseHeader(lines[0] ?? "");
  if ("rule" in header) throw invalid(1, header.rule);
  const announced = header.folds * header.count * 2;

  const pairs: Pair[] = [];
  for (let i = 0; i < announced; i++) {
    const line = lines[i + 1];
    if (line === undefined) throw invalid(lines.length, `the file ends after ${i} pairs, its first line announces ${announced}`);
    const fold = Math.floor(i / (2 * header.count)) + 1;
    const pair = i % (2 * header.count) < header.count ? parseSame(line, fold) : parseDifferent(line, fold);
    if ("rule" in pair) throw invalid(i + 2, `${pair.rule}, got ${quoted(line)}`);
    pairs.push(pair);
  }
  if (lines.length > announced + 1)
    throw invalid(announced + 2, `must be the end of the file: its first line announces ${announced} pairs`);
  return pairs;
}

function parseHeader(line: string): { folds: number; count: number } | Broken {
  const numbers = line.trim().split(/\s+/).map(parseCount);
  const [first, second] = numbers;
  if (first === undefined || numbers.length > 2 || numbers.includes(undefined)) {
    return { rule: `must be "folds<TAB>pairs per kind" or "pairs per kind", whole numbers from 1, got ${quoted(line)}` };
  }
  return second === undefined ? { folds: 1, count: first } : { folds: first, count: second };
}

function parseSame(line: string, fold: number): Pair | Broken {
  const [name = "", ...indices] = fieldsOf(line, 3);
  const [i, j] = indices.map(parseCount);
  if (indices.length !== 2 || i === undefined || j === undefined)
    return { rule: 'must be "name<TAB>i<TAB>j", indices from 1 (a pair of one person)' };
  if (!isFolderName(name)) return { rule: "a name must be the name of a folder, not a path" };
  if (i === j) return { rule: "must name two different images" };
  return { left: { name, index: i }, right: { name, index: j }, same: true, fold };
}

function parseDifferent(line: string, fold: number): Pair | Broken {
  const fields = fieldsOf(line, 4);
  const [left = "", , right = ""] = fields;
  const [i, j] = [parseCount(fields[1]), parseCount(fields[3])];
  if (fields.length !== 4 || i === undefined || j === undefined)
    return { rule: 'must be "name1<TAB>i<TAB>name2<TAB>j", indices from 1 (a pair of two people)' };
  if (!isFolderName(left) || !isFolderName(right)) return { rule: "a name must be the name of a folder, not a path" };
  if (left === right) return { rule: "must name two different people" };
  return { left: { name: left, index: i }, right: { name: right, index: j }, same: false, fold };
}

/** Splits by tabs if that gives the expected number of fields, otherwise by whitespace. */
function fieldsOf(line: string, wanted: number): string[] {
  const tabbed = line.trim().split(/\s*\t\s*/);
  return tabbed.length === wanted ? tabbed : line.trim().split(/\s+/);
}

function parseCount(text: string | undefined): number | undefined {
  const number = text !== undefined && /^\d+$/.test(text) ? Number(text) : 0;
  return number >= 1 && Number.isSafeInteger(number) ? number : undefined;
}

/** Keeps the message on one line even if the wrong file was given. */
function quoted(line: string): string {
  return JSON.stringify(line.length > 80 ? `${line.slice(0, 80)}…` : line);
}

/** A downloaded list must not reach outside the folder of images. */
function isFolderName(name: string): boolean {
  return name !== "" && name !== "." && name !== ".." && !/[/\\\0]/.test(name);
}

/** Path of an image in LFW's layout, without extension: `Ada_Lovelace/Ada_Lovelace_0001`. At least four digits. */
export function pairImagePath({ name, index }: ImageRef): string {
  return `${name}/${name}_${String(index).padStart(4, "0")}`;
}

/**
 * Pairs of some folds, in their order.
 *
 * @param folds numbers of folds, from 1; undefined: all
 * @throws FaceNetError OPTION_INVALID for a fold without pairs
 */
export function selectFolds<P extends { readonly fold: number }>(
  pairs: readonly P[],
  folds: readonly number[] | undefined,
): readonly P[] {
  if (!folds) return pairs;
  const known = new Set(pairs.map(({ fold }) => fold));
  const unknown = folds.find((fold) => !known.has(fold));
  if (unknown !== undefined) {
    const reason = `must be among ${[...known].join(", ") || "none"}, got ${unknown}`;
    throw new FaceNetError("OPTION_INVALID", { option: "folds", reason });
  }
  return pairs.filter(({ fold }) => folds.includes(fold));
}

/**
 * Reads a list of pairs from a file of UTF-8 text.
 *
 * @throws FaceNetError FILE_NOT_READABLE if the file cannot be read or is not UTF-8; PAIRS_INVALID as {@link parsePairs}
 */
export async function readPairs(file: string): Promise<Pair[]> {
  const bytes = await readBytes(file);
  if (!isUtf8(bytes)) throw new FaceNetError("FILE_NOT_READABLE", { file, reason: "it is not UTF-8 text" });
  return parsePairs(new TextDecoder().decode(bytes), file);
}

/**
 * Text of `pairs.txt`: "folds<TAB>pairs of each kind", then for each fold the same-person pairs followed by the
 * different-person pairs.
 *
 * @throws RangeError if folds have different numbers of pairs of a kind
 */
export function formatPairs(pairs: readonly Pair[]): string {
  const folds = [...Map.groupBy(pairs, ({ fold }) => fold).values()].map((fold) => ({
    same: fold.filter(({ same }) => same),
    different: fold.filter(({ same }) => !same),
  }));
  const count = folds[0]?.same.length ?? 0;
  if (count === 0 || folds.some(({ same, different }) => same.length !== count || different.length !== count))
    throw new RangeError("a list of pairs needs the same number of pairs of each kind in every fold");
  const lines = folds.flatMap(({ same, different }) => [
    ...same.map(({ left, right }) => [left.name, left.index, right.index]),
    ...different.map(({ left, right }) => [left.name, left.index, right.name, right.index]),
  ]);
  return `${[[folds.length, count], ...lines].map((fields) => fields.join("\t")).join("\n")}\n`;
}

const EXTENSIONS = [".jpg", ".jpeg", ".png", ".webp"] as const;

/**
 * Paths of the images in a list, by {@link pairImagePath}; missing images are omitted.
 *
 * @throws FaceNetError FILE_NOT_READABLE if the folder itself is missing
 */
export async function findPairImages(folder: string, pairs: readonly Pair[]): Promise<Map<string, string>> {
  const people = await readdir(folder).catch((error: unknown) => {
    throw new FaceNetError("FILE_NOT_READABLE", { file: folder, reason: reasonOf(error) }, error);
  });
  const known = new Set(people);
  const wanted = new Map(pairs.flatMap(({ left, right }) => [left, right]).map((ref) => [pairImagePath(ref), ref]));
  const found = new Map<string, string>();
  const listed = new Map<string, (path: string, index: number) => string | undefined>();
  for (const [path, { name, index }] of wanted) {
    if (!known.has(name)) continue;
    const imageOf = listed.get(name) ?? (await imagesOf(folder, name));
    listed.set(name, imageOf);
    const image = imageOf(path, index);
    if (image !== undefined) found.set(path, image);
  }
  return found;
}

/** Number of a person's image in a list: from its name, if that has LFW's form. */
export function imageNumber(file: string, person: string): number | undefined {
  const name = file.startsWith(`${person}_`) ? /^(\d{4,})\.[^.]+$/.exec(file.slice(person.length + 1))?.[1] : undefined;
  return name === undefined ? undefined : Number(name);
}

async function imagesOf(folder: string, person: string): Promise<(path: string, index: number) => string | undefined> {
  const place = join(folder, person);
  const files = new Set(await readdir(place).catch(() => []));
  if ([...files].some((file) => imageNumber(file, person) !== undefined)) {
    return (path) => {
      const extension = EXTENSIONS.find((suffix) => files.has(path.slice(person.length + 1) + suffix));
      return extension && join(folder, path + extension);
    };
  }
  const images = await Array.fromAsync(listImages(place));
  return (_, index) => images[index - 1];
}
