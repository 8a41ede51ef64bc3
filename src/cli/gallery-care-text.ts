/** The gallery maintenance commands. */
import { exitCodes } from "../errors.ts";
import { npyFiles } from "../gallery/export-files.ts";
import { galleryBackup } from "../operations/gallery-backup.ts";
import { galleryCheck } from "../operations/gallery-check.ts";
import { galleryExport } from "../operations/gallery-export.ts";
import { galleryForget } from "../operations/gallery-forget.ts";
import { galleryImport } from "../operations/gallery-import.ts";
import { galleryPrune } from "../operations/gallery-prune.ts";
import { galleryRelocate } from "../operations/gallery-relocate.ts";
import { galleryStatistics } from "../operations/gallery-statistics.ts";
import { galleryUnplaced } from "../operations/gallery-unplaced.ts";
import { galleryWriteRegions } from "../operations/gallery-write-regions.ts";
import type { OutputOf } from "../operations/operation.ts";
import { answerCommand, KEPT_IN_GALLERY } from "./command.ts";
import { personText } from "./correction-text.ts";
import { counted } from "./counted.ts";
import { printable } from "./printable.ts";
import { right, tableLines } from "./tables.ts";

export const careCommands = [
  answerCommand(galleryStatistics, { text: statisticsText }),
  answerCommand(galleryCheck, {
    text: checkText,
    exitCode: ({ sound }) => (sound ? exitCodes.done : exitCodes.gallery),
  }),
  answerCommand(galleryBackup, { text: backupText }),
  answerCommand(galleryForget, { text: forgetText }),
  answerCommand(galleryPrune, {
    text: pruneText,
    exitCode: ({ refused }) => (refused.length > 0 ? exitCodes.someFailed : exitCodes.done),
  }),
  answerCommand(galleryRelocate, { text: relocateText }),
  answerCommand(galleryUnplaced, { text: unplacedText }),
  answerCommand(galleryWriteRegions, {
    text: regionsText,
    outcome: ({ written, unchanged, otherwise, failures }) => {
      const skipped = { "faces with a different name in the file": otherwise.length };
      return { unit: ["file", "files"], done: written.length, known: unchanged, skipped, failures };
    },
    kept: "Files written so far are complete; the same command writes the rest.",
  }),
  answerCommand(galleryExport, {
    text: exportText,
    further: ({ file, format }) => (format === "npy" && typeof file === "string" ? npyFiles(file) : []),
  }),
  answerCommand(galleryImport, {
    text: importText,
    outcome: ({ photographs, added, forgotten, conflicts }) => {
      const skipped = { forgotten, "paths of other photographs": conflicts.length };
      return { done: added, known: photographs - added - forgotten, skipped, failures: [] };
    },
    kept: KEPT_IN_GALLERY,
  }),
];

function statisticsText({ gallery, identity, calibration, migration, ...counts }: OutputOf<typeof galleryStatistics>): string {
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
    ["", right(""), ""],
    rows.map((row) => row.map(String)),
  );
  return [...lines, "", ...table.slice(1)].join("\n");
}

function checkText({ gallery, sound, problems, faces }: OutputOf<typeof galleryCheck>): string {
  if (sound) return `${printable(gallery)}: sound, ${counted(faces, "face")} read.`;
  return [
    `${printable(gallery)}: damaged.`,
    ...problems.map((problem) => `  ${printable(problem)}`),
    "Restore a backup, or save what can be read with `facenet gallery export FILE --salvage`.",
  ].join("\n");
}

function backupText({ file, bytes, photographs, faces, people }: OutputOf<typeof galleryBackup>): string {
  const size = `${(bytes / 1e6).toFixed(1)} MB`;
  return `${printable(file)}: ${size}, ${contentText({ photographs, faces, people })}; checked.`;
}

function forgetText({
  person,
  photograph,
  faces,
  corrections,
  sidecars,
  mayReturn,
  dryRun,
}: OutputOf<typeof galleryForget>): string {
  const what = person ? personText(person.id, person.name) : printable(photograph?.paths.join(", ") ?? "");
  const lines = [`${dryRun ? "Would forget" : "Forgot"} ${what}: ${counted(faces, "face")}.`];
  if (corrections > 0) lines.push(`${counted(corrections, "change")} ${dryRun ? "could" : "can"} no longer be undone.`);
  if (photograph && !mayReturn) lines.push("Indexing skips this content: only its hash is kept.");
  if (sidecars.length > 0)
    lines.push("These files next to photographs still contain the name:", ...sidecars.map((file) => `  ${printable(file)}`));
  if (!dryRun) lines.push("Earlier backups and exports still contain the forgotten data.");
  return lines.join("\n");
}

function exportText({ files, photographs, faces, people, lost }: OutputOf<typeof galleryExport>): string {
  const written = `${files.map(printable).join(", ")}: ${contentText({ photographs, faces, people })}.`;
  return lost.length === 0 ? written : [written, "Lost:", ...lost.map((line) => `  ${printable(line)}`)].join("\n");
}

type Content = { readonly photographs: number; readonly faces: number; readonly people: number };

const contentText = ({ photographs, faces, people }: Content): string =>
  `${counted(faces, "face")} of ${counted(photographs, "photograph")}, ${counted(people, "person", "people")}`;

function importText({ photographs, added, faces, forgotten, conflicts }: OutputOf<typeof galleryImport>): string {
  const lines = [`${added} of ${counted(photographs, "photograph")} added, with ${counted(faces, "face")}.`];
  if (forgotten > 0) lines.push(`Skipped because forgotten here: ${counted(forgotten, "photograph")}.`);
  if (conflicts.length > 0)
    lines.push(
      `Left out because the gallery has other photographs at these paths: ${counted(conflicts.length, "path")}:`,
      ...conflicts.map((path) => `  ${printable(path)}`),
    );
  return lines.join("\n");
}

function pruneText({ photographs, faces, named, corrections, refused, back, dryRun }: OutputOf<typeof galleryPrune>): string {
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

function relocateText({ files, found, absent, conflicts, dryRun }: OutputOf<typeof galleryRelocate>): string {
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

function unplacedText({ faces }: OutputOf<typeof galleryUnplaced>): string {
  if (faces.length === 0) return "All named and corrected faces have their photographs.";
  const rows = faces.map(({ face, person, name, path, replaced }) => [
    String(face),
    person === null ? "" : personText(person, name),
    `${printable(path ?? "")}${replaced ? " (another picture lies there)" : ""}`,
  ]);
  return tableLines([right("face"), "person", "last seen at"], rows).join("\n");
}

function regionsText({ written, unchanged, otherwise, dryRun }: OutputOf<typeof galleryWriteRegions>): string {
  const lines = written.map(({ file, names }) => `${printable(file)}: ${names.map(printable).join(", ")}`);
  const done = dryRun ? "would be written" : "written";
  lines.push(`${counted(written.length, "file")} ${done}, ${unchanged} already had all names.`);
  for (const { file, name, there } of otherwise)
    lines.push(`${printable(file)}: has ${printable(there)} where the gallery has ${printable(name)}; left unchanged.`);
  return lines.join("\n");
}
