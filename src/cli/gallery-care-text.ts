/** Text output of the gallery maintenance commands. */
import type * as z from "zod";
import { type ExitCode, exitCodes } from "../errors.ts";
import type { galleryBackup } from "../operations/gallery-backup.ts";
import type { galleryCheck } from "../operations/gallery-check.ts";
import type { galleryExport } from "../operations/gallery-export.ts";
import type { galleryForget } from "../operations/gallery-forget.ts";
import type { galleryImport } from "../operations/gallery-import.ts";
import type { galleryStatistics } from "../operations/gallery-statistics.ts";
import { personText } from "./correction-text.ts";
import { counted } from "./counted.ts";
import type { Outcome } from "./outcome.ts";
import { printable } from "./printable.ts";
import { tableLines } from "./tables.ts";

type Output<O extends { output: z.ZodType }> = z.output<O["output"]>;

export function statisticsText({
  gallery,
  identity,
  calibration,
  migration,
  ...counts
}: Output<typeof galleryStatistics>): string {
  const rows = [
    ["photographs", counts.photographs, `${counts.files} files, ${counts.missingFiles} missing from disk`],
    ["unreadable", counts.failedFiles, "files"],
    ["faces", counts.faces, `${counts.unassignedFaces} without a person, ${counts.ignoredFaces} ignored`],
    ["people", counts.people, `${counts.namedPeople} with a name`],
    ["changes", counts.corrections, "can be undone"],
    ["forgotten", counts.forgottenPhotographs, "photographs that indexing skips"],
  ] as const;
  const lines = [
    printable(gallery),
    identity ? `${identity.model}, ${identity.dimensions} bytes per face, detected by ${identity.detector}` : "empty",
  ];
  if (calibration)
    lines.push(
      `calibrated on ${counted(calibration.distinctPairs, "pair")} of different people in ${counted(calibration.photographs, "photograph")}, ${calibration.at.slice(0, 10)}${calibration.automatic ? ", by `facenet index`" : ""} (facenet calibrate)`,
    );
  if (migration)
    lines.push(
      `migrating to ${migration.model}: ${counted(migration.done, "face")} done, ${migration.left} left (facenet migrate continues)`,
    );
  const table = tableLines(
    [{ title: "" }, { title: "", align: "right" }, { title: "" }],
    rows.map((row) => row.map(String)),
  );
  return [...lines, "", ...table.slice(1)].join("\n");
}

export function checkText({ gallery, sound, problems, faces }: Output<typeof galleryCheck>): string {
  if (sound) return `${printable(gallery)}: sound, ${counted(faces, "face")} read.`;
  return [
    `${printable(gallery)}: damaged.`,
    ...problems.map((problem) => `  ${printable(problem)}`),
    "Restore a backup, or save what can be read with `facenet gallery export FILE --salvage`.",
  ].join("\n");
}

export function checkExitCode({ sound }: Output<typeof galleryCheck>): ExitCode {
  return sound ? exitCodes.done : exitCodes.gallery;
}

export function backupText({ file, bytes, photographs, faces, people }: Output<typeof galleryBackup>): string {
  const size = `${(bytes / 1e6).toFixed(1)} MB`;
  return `${printable(file)}: ${size}, ${contentText({ photographs, faces, people })}; checked.`;
}

export function forgetText({
  person,
  photograph,
  faces,
  corrections,
  sidecars,
  mayReturn,
  dryRun,
}: Output<typeof galleryForget>): string {
  const what = person ? personText(person.id, person.name) : printable(photograph?.paths.join(", ") ?? "");
  const lines = [`${dryRun ? "Would forget" : "Forgot"} ${what}: ${counted(faces, "face")}.`];
  if (corrections > 0) lines.push(`${counted(corrections, "change")} ${dryRun ? "could" : "can"} no longer be undone.`);
  if (photograph && !mayReturn) lines.push("Indexing skips this content: only its hash is kept.");
  if (sidecars.length > 0)
    lines.push("These files next to photographs still contain the name:", ...sidecars.map((file) => `  ${printable(file)}`));
  if (!dryRun) lines.push("Earlier backups and exports still contain the forgotten data.");
  return lines.join("\n");
}

export function exportText({ files, photographs, faces, people, lost }: Output<typeof galleryExport>): string {
  const written = `${files.map(printable).join(", ")}: ${contentText({ photographs, faces, people })}.`;
  return lost.length === 0 ? written : [written, "Lost:", ...lost.map((line) => `  ${printable(line)}`)].join("\n");
}

type Content = { readonly photographs: number; readonly faces: number; readonly people: number };

const contentText = ({ photographs, faces, people }: Content): string =>
  `${counted(faces, "face")} of ${counted(photographs, "photograph")}, ${counted(people, "person", "people")}`;

export function importOutcome({ photographs, added, forgotten, conflicts }: Output<typeof galleryImport>): Outcome {
  const skipped = { forgotten, "paths of other photographs": conflicts.length };
  return { done: added, known: photographs - added - forgotten, skipped, failures: [] };
}

export function importText({ photographs, added, faces, forgotten, conflicts }: Output<typeof galleryImport>): string {
  const lines = [`${added} of ${counted(photographs, "photograph")} added, with ${counted(faces, "face")}.`];
  if (forgotten > 0) lines.push(`Skipped because forgotten here: ${counted(forgotten, "photograph")}.`);
  if (conflicts.length > 0)
    lines.push(
      `Left out because the gallery has other photographs at these paths: ${counted(conflicts.length, "path")}:`,
      ...conflicts.map((path) => `  ${printable(path)}`),
    );
  return lines.join("\n");
}
