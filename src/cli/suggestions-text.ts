/** Text output of `facenet people suggestions`, `facenet people answer` and `facenet people draw`. */
import type * as z from "zod";
import type { answerSuggestion, suggestions } from "../operations/browse/suggestions.ts";
import type { peopleDraw } from "../operations/people-draw.ts";
import { correctionText, personText } from "./correction-text.ts";
import { counted } from "./counted.ts";
import { tableLines } from "./tables.ts";

export function suggestionsText({ total, leftOut, suggestions: list }: z.output<typeof suggestions.output>): string {
  const rest =
    leftOut > 0 ? [`Not compared because of their number: the newest ${counted(leftOut, "face")} without a name.`] : [];
  if (list.length === 0) return ["No suggestions: no unnamed group or face is close to a named person.", ...rest].join("\n");
  const rows = list.map(({ person, group, faces, distance, yearsApart }) => [
    distance.toFixed(3),
    group ? `group ${group.id} (${counted(group.faces, "face")})` : `face ${faces[0]}`,
    `${personText(person.id, person.name)}${yearsApart !== null && yearsApart >= 10 ? ` (${Math.round(yearsApart)} years apart)` : ""}`,
    `facenet people answer id:${person.id} yes ${group ? `--group ${group.id}` : `--face ${faces[0]}`}`,
  ]);
  const columns = [{ title: "distance", align: "right" }, { title: "is" }, { title: "this person?" }, { title: "" }] as const;
  const more = total > list.length ? [`… and ${total - list.length} more (--limit)`] : [];
  return [
    ...tableLines(columns, rows),
    ...more,
    ...rest,
    "",
    "Answers: yes, no, unsure (asked again after more faces were added).",
  ].join("\n");
}

export function drawText({ face, added, embedded, done }: z.output<typeof peopleDraw.output>): string {
  const lines = [added ? `Face ${face} was drawn.` : `Face ${face} existed already.`];
  if (!embedded) lines.push("Too little of it is visible to compare it with other faces.");
  return [...lines, ...(done ? [correctionText(done, {})] : [])].join("\n");
}

export const answerText = (record: z.output<typeof answerSuggestion.output>): string => correctionText(record, {});
