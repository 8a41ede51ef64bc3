/** Text output of the commands on missing and moved photographs. */
import type * as z from "zod";
import { type ExitCode, exitCodes } from "../errors.ts";
import type { galleryPrune } from "../operations/gallery-prune.ts";
import type { galleryRelocate } from "../operations/gallery-relocate.ts";
import type { galleryUnplaced } from "../operations/gallery-unplaced.ts";
import { personText } from "./correction-text.ts";
import { counted } from "./counted.ts";
import { printable } from "./printable.ts";
import { tableLines } from "./tables.ts";

type Output<O extends { output: z.ZodType }> = z.output<O["output"]>;

export function pruneText({
  photographs,
  faces,
  named,
  corrections,
  refused,
  back,
  dryRun,
}: Output<typeof galleryPrune>): string {
  const lines = [
    `${dryRun ? "Would remove" : "Removed"} ${counted(photographs, "photograph")} missing from disk, with ${counted(faces, "face")}, ${named} of them with a name.`,
  ];
  if (corrections > 0) lines.push(`${counted(corrections, "change")} can no longer be undone.`);
  if (back > 0)
    lines.push(
      `${counted(back, "photograph")} ${back === 1 ? "is at its path" : "are at their paths"} again: \`facenet index\` restores them.`,
    );
  for (const { folder, photographs: count } of refused)
    lines.push(`Kept: ${counted(count, "photograph")} below ${printable(folder)}, where all are missing. Is the disk mounted?`);
  return lines.join("\n");
}

export function pruneExitCode({ refused }: Output<typeof galleryPrune>): ExitCode {
  return refused.length > 0 ? exitCodes.someFailed : exitCodes.done;
}

export function relocateText({ files, found, absent, conflicts, dryRun }: Output<typeof galleryRelocate>): string {
  const lines = [
    `${counted(files, "path")} ${dryRun ? "would be" : files === 1 ? "was" : "were"} changed; ${counted(found, "file")} found there.`,
  ];
  if (absent > 0) lines.push(`${absent} are not there, or have a different size: index the new folder.`);
  if (conflicts.length > 0)
    lines.push(
      "Unchanged, because the gallery has another photograph at the new path:",
      ...conflicts.map((path) => `  ${printable(path)}`),
    );
  return lines.join("\n");
}

export function unplacedText({ faces }: Output<typeof galleryUnplaced>): string {
  if (faces.length === 0) return "All named and corrected faces have their photographs.";
  const rows = faces.map(({ face, person, name, path, replaced }) => [
    String(face),
    person === null ? "" : personText(person, name),
    `${printable(path ?? "")}${replaced ? " (another picture lies there)" : ""}`,
  ]);
  return tableLines([{ title: "face", align: "right" }, { title: "person" }, { title: "last seen at" }], rows).join("\n");
}
