/** Text output of `gallery write-regions`. */
import type * as z from "zod";
import type { galleryWriteRegions } from "../operations/gallery-write-regions.ts";
import { counted } from "./counted.ts";
import type { Outcome } from "./outcome.ts";
import { printable } from "./printable.ts";

type Result = z.output<(typeof galleryWriteRegions)["output"]>;

export function regionsText({ written, unchanged, otherwise, dryRun }: Result): string {
  const lines = written.map(({ file, names }) => `${printable(file)}: ${names.map(printable).join(", ")}`);
  const done = dryRun ? "would be written" : "written";
  lines.push(`${counted(written.length, "file")} ${done}, ${unchanged} already had all names.`);
  for (const { file, name, there } of otherwise)
    lines.push(`${printable(file)}: has ${printable(there)} where the gallery has ${printable(name)}; left unchanged.`);
  return lines.join("\n");
}

export function regionsOutcome({ written, unchanged, otherwise, failures }: Result): Outcome {
  const skipped = { "faces with a different name in the file": otherwise.length };
  return { unit: ["file", "files"], done: written.length, known: unchanged, skipped, failures };
}
