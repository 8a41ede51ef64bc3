/** What `gallery write-regions` prints for human eyes. */
import type * as z from "zod";
import type { ExitCode } from "../errors.ts";
import type { galleryWriteRegions } from "../operations/gallery-write-regions.ts";
import { exitCodeOfBatch } from "./exit-codes.ts";
import { printable } from "./printable.ts";

type Result = z.output<(typeof galleryWriteRegions)["output"]>;

export function regionsText({ written, unchanged, otherwise, failures, dryRun }: Result): string {
  const lines = written.map(({ file, names }) => `${printable(file)}: ${names.map(printable).join(", ")}`);
  const done = dryRun ? "would be written" : "written";
  lines.push(`${written.length} files ${done}, ${unchanged} said it all already.`);
  for (const { file, name, there } of otherwise)
    lines.push(`${printable(file)}: says ${printable(there)} where the gallery says ${printable(name)}; left as it is.`);
  if (failures.length > 0) lines.push(`${failures.length} failed:`, ...failures.map(({ message }) => `  ${message}`));
  return lines.join("\n");
}

export const regionsExitCode = ({ written, unchanged, failures }: Result): ExitCode =>
  exitCodeOfBatch(written.length + unchanged, failures);
