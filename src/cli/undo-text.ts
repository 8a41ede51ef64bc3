/** What `facenet undo` prints for human eyes. */
import type * as z from "zod";
import type { undo } from "../operations/undo.ts";
import { correctionText } from "./correction-text.ts";
import { tableLines } from "./tables.ts";

export function undoText({ undone, left, corrections, names }: z.output<typeof undo.output>): string {
  if (corrections.length > 0) {
    const rows = corrections.map((record) => [record.at.slice(0, 16).replace("T", " "), correctionText(record, names)]);
    const more = left > corrections.length ? [`… and ${left - corrections.length} before (--limit)`] : [];
    return [...tableLines([{ title: "when (UTC)" }, { title: "said" }], rows), ...more].join("\n");
  }
  if (!undone) return "Nothing to take back.";
  const rest = left === 0 ? "Nothing else can be taken back." : `${left} more can be taken back.`;
  return `Taken back: ${correctionText(undone, names)}\n${rest}`;
}
