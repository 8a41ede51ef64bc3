/** Text output of `facenet undo` and `facenet redo`. */
import type * as z from "zod";
import type { redo, undo } from "../operations/undo.ts";
import type { CorrectionRecord } from "../schemas/gallery.ts";
import { correctionText, type Names } from "./correction-text.ts";
import { printable } from "./printable.ts";
import { tableLines } from "./tables.ts";

export function undoText({ undone, left, corrections, names }: z.output<typeof undo.output>): string {
  if (corrections.length > 0) return listText(corrections, names, left);
  if (!undone) return "Nothing to undo.";
  const rest = left === 0 ? "Nothing else can be undone." : `${left} more can be undone.`;
  return `Undone: ${correctionText(undone, names)}\n${rest} \`facenet redo\` reapplies it.`;
}

export function redoText({ redone, left, corrections, names }: z.output<typeof redo.output>): string {
  if (corrections.length > 0) return listText(corrections, names, left);
  if (!redone) return "Nothing to redo.";
  const rest = left === 0 ? "Nothing else can be redone." : `${left} more can be redone.`;
  return `Redone: ${correctionText(redone, names)}\n${rest}`;
}

function listText(records: readonly CorrectionRecord[], names: Names, left: number): string {
  const rows = records.map((record) => [
    record.at.slice(0, 16).replace("T", " "),
    printable(record.by ?? ""),
    correctionText(record, names),
  ]);
  const more = left > records.length ? [`… and ${left - records.length} earlier (--limit)`] : [];
  return [...tableLines([{ title: "when (UTC)" }, { title: "by" }, { title: "change" }], rows), ...more].join("\n");
}
