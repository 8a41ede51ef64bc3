/** Passes the photographs of a result to other programs: prints their paths, or copies them to a folder. */
import { FaceNetError } from "../errors.ts";
import { copyFiles } from "../files/copy-files.ts";
import { counted } from "./counted.ts";
import type { Outcome } from "./outcome.ts";
import type { PrintOption, PrintOptions } from "./print-options.ts";
import { printable } from "./printable.ts";
import type { Terminal } from "./terminal.ts";

/** What an interrupted run keeps. */
export const KEPT_COPIES = "Copies made so far are complete.";

export type ListedPhotograph = { readonly photograph: number; readonly paths: readonly string[]; readonly gone: boolean };

export const photographOptions: readonly PrintOption[] = [
  { flags: "--paths", description: "print only the paths of the photographs, one per line" },
  { flags: "-0, --print0", description: "print only the paths, NUL-terminated, for `xargs -0`" },
  {
    flags: "--copy-to <folder>",
    description: "copy the photographs to this folder; if a name is taken, the copy is called NAME-2",
    writes: "folder",
  },
];

const wantsPaths = ({ paths, print0 }: PrintOptions): boolean => paths === true || print0 === true;

/** Whether paths or copies replace the result. @throws FaceNetError OPTION_INVALID together with --json */
export function wantsPhotographs(options: PrintOptions): boolean {
  if (options.json && wantsPaths(options))
    throw new FaceNetError("OPTION_INVALID", { option: "--paths", reason: "cannot be combined with --json" });
  return wantsPaths(options) || typeof options.copyTo === "string";
}

type Request = { readonly options: PrintOptions; readonly terminal: Terminal; readonly signal: AbortSignal };

/**
 * Prints each photograph once, by its first path; missing ones are skipped and counted. With copies, prints the paths of the
 * copies.
 *
 * @returns outcome of the copies; undefined without copies
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
    if (gone > 0) terminal.note(`facenet: ${counted(gone, "photograph")} left out: missing from disk.`);
    return undefined;
  }
  const { paths, copied, known, failures } = await copyFiles(present, copyTo, { force: options.force === true, signal });
  await print(paths);
  return { done: copied, known, skipped: { "missing from disk": gone }, failures };
}
