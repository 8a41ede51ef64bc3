/** Photographs of an answer for other programs: their paths, or copies of them in a folder. */
import { FaceNetError } from "../errors.ts";
import { copyFiles } from "../files/copy-files.ts";
import { counted } from "./counted.ts";
import type { Outcome } from "./outcome.ts";
import type { PrintOption, PrintOptions } from "./print-options.ts";
import { printable } from "./printable.ts";
import type { Terminal } from "./terminal.ts";

export type ListedPhotograph = { readonly photograph: number; readonly paths: readonly string[]; readonly gone: boolean };

export const photographOptions: readonly PrintOption[] = [
  { flags: "--paths", description: "print the paths of the photographs alone, one a line" },
  { flags: "-0, --print0", description: "print the paths alone, with a NUL after each, as `xargs -0` reads them" },
  {
    flags: "--copy-to <folder>",
    description: "copy the photographs there; where a name is taken by another file, the copy is called NAME-2",
    writes: "folder",
  },
];

const wantsPaths = ({ paths, print0 }: PrintOptions): boolean => paths === true || print0 === true;

/** Whether paths or copies are printed instead of the answer. @throws FaceNetError OPTION_INVALID together with --json */
export function wantsPhotographs(options: PrintOptions): boolean {
  if (options.json && wantsPaths(options))
    throw new FaceNetError("OPTION_INVALID", { option: "--paths", reason: "does not go together with --json" });
  return wantsPaths(options) || typeof options.copyTo === "string";
}

type Request = { readonly options: PrintOptions; readonly terminal: Terminal; readonly signal: AbortSignal };

/**
 * Each photograph once, by its first path; those that are gone are left out and counted. With copies, the paths are those of the copies.
 *
 * @returns what became of the copies; undefined where none were asked for
 * @throws FaceNetError OUTPUT_NOT_WRITABLE
 */
export async function writePhotographs(
  listed: readonly ListedPhotograph[],
  { options, terminal, signal }: Request,
): Promise<Outcome | undefined> {
  const distinct = [...new Map(listed.map((one) => [one.photograph, one])).values()];
  const present = distinct.flatMap(({ paths: [path], gone }) => (gone || path === undefined ? [] : [path]));
  const gone = distinct.length - present.length;
  const print = async (paths: readonly string[]): Promise<void> => {
    if (!wantsPaths(options)) return;
    const shown = terminal.isInteractive ? paths.map(printable) : paths;
    await terminal.print(shown.map((path) => `${path}${options.print0 ? "\0" : "\n"}`).join(""));
  };
  const { copyTo } = options;
  if (typeof copyTo !== "string") {
    await print(present);
    if (gone > 0) terminal.note(`facenet: ${counted(gone, "photograph")} left out: gone from disk.`);
    return undefined;
  }
  const { paths, copied, known, failures } = await copyFiles(present, copyTo, { force: options.force === true, signal });
  await print(paths);
  return { done: copied, known, skipped: { "gone from disk": gone }, failures };
}
