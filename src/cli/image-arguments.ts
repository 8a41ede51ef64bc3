/** Expands command-line arguments to a list of photographs: walks folders and reads lists. */
import { readFile } from "node:fs/promises";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { FaceNetError, reasonOf } from "../errors.ts";
import { isDirectory, listImages } from "../image/list-images.ts";

export type ImageArgumentOptions = {
  /** Walks folders; otherwise a folder stays in the list and fails with the reason. */
  readonly recursive?: boolean | undefined;
  /** File with one path per line; "-" for standard input. */
  readonly from?: string | undefined;
};

/**
 * Photographs named by the arguments, in order; `-` stands for a list on standard input.
 *
 * @throws FaceNetError FILE_NOT_READABLE
 */
export async function readImageArguments(
  named: readonly string[],
  { recursive = false, from }: ImageArgumentOptions,
  stdin: Readable,
): Promise<string[]> {
  const paths: string[] = [];
  for (const path of named) {
    for (const each of path === "-" ? pathsOf(await text(stdin)) : [path]) paths.push(each);
  }
  if (from !== undefined) for (const path of pathsOf(await readList(from, stdin))) paths.push(path);
  if (!recursive) return paths;
  const photographs: string[] = [];
  for (const path of paths) {
    if (!(await isDirectory(path))) photographs.push(path);
    else for await (const photograph of listImages(path)) photographs.push(photograph);
  }
  return photographs;
}

/** One path per line, skipping empty lines; or NUL-terminated, as by `find -print0`. */
function pathsOf(list: string): string[] {
  const separator = list.includes("\0") ? "\0" : /\r?\n/;
  return list
    .replace(/^\uFEFF/, "")
    .split(separator)
    .filter((path) => path !== "");
}

async function readList(file: string, stdin: Readable): Promise<string> {
  if (file === "-") return text(stdin);
  return readFile(file, "utf8").catch((error: unknown) => {
    throw new FaceNetError("FILE_NOT_READABLE", { file, reason: reasonOf(error) }, error);
  });
}
