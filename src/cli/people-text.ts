/** The commands on people: enrol, list and correct, answer suggestions, draw faces, undo. */
import { answerSuggestion, suggestions } from "../operations/browse/suggestions.ts";
import { enroll } from "../operations/enroll.ts";
import type { OutputOf } from "../operations/operation.ts";
import { people } from "../operations/people.ts";
import { peopleDraw } from "../operations/people-draw.ts";
import { redo, undo } from "../operations/undo.ts";
import type { CorrectionRecord } from "../schemas/gallery.ts";
import { answerCommand } from "./command.ts";
import { correctionText, type Names, personText } from "./correction-text.ts";
import { counted } from "./counted.ts";
import { KEPT_COPIES } from "./photograph-output.ts";
import { printable } from "./printable.ts";
import { right, tableLines } from "./tables.ts";

export const enrollCommand = answerCommand(enroll, {
  text: enrollText,
  outcome: ({ enrolled, failures }) => ({ done: enrolled.length, failures }),
  kept: "Nobody was enrolled; the same command enrols them.",
});

export const peopleCommands = [
  answerCommand(people, {
    text: peopleText,
    photographs: ({ faces }) => faces,
    photographsOf: "person",
    kept: KEPT_COPIES,
  }),
  answerCommand(suggestions, { text: suggestionsText }),
  answerCommand(peopleDraw, { text: drawText }),
  answerCommand(answerSuggestion, { text: (record) => correctionText(record, {}) }),
];

export const undoCommands = [answerCommand(undo, { text: undoText }), answerCommand(redo, { text: redoText })];

export function enrollText({ people, enrolled, warnings }: OutputOf<typeof enroll>): string {
  const lines: string[] = [];
  for (const { person, name, faces, groups } of people) {
    lines.push(`${counted(faces, "face")} of ${personText(person, name)} enrolled.`);
    const own = enrolled.filter((face) => face.person === person);
    for (const { image, face, reasons } of own) {
      if (people.length > 1 && reasons.length === 0) continue;
      const doubts = reasons.length > 0 ? `; check it: ${reasons.join("; ")}` : "";
      lines.push(`  ${printable(image)}: face ${face}${doubts}`);
    }
    for (const group of groups) {
      const command = `facenet people answer id:${person} yes --group ${group}`;
      lines.push(`  Person ${group}, who has no name, looks like ${printable(name)}: \`${command}\` merges them.`);
    }
  }
  const back = "`facenet undo` reverts this.";
  return [...lines, ...warnings.map((warning) => `Warning: ${printable(warning)} ${back}`)].join("\n");
}

function peopleText({ people: list, faces, done, names }: OutputOf<typeof people>): string {
  if (done.length > 0) return done.map((record) => correctionText(record, names)).join("\n");
  if (list.length === 0) return "No people yet. `facenet enroll NAME photo` adds a person.";
  const lines = tableLines(
    [right("person"), "name", right("faces"), right("photographs")],
    list.map(({ id, name, faces: count, photographs, hidden }) => [
      String(id),
      `${printable(name ?? "")}${hidden ? " (hidden)" : ""}`,
      String(count),
      String(photographs),
    ]),
  );
  if (faces.length === 0) return lines.join("\n");
  const rows = faces.map(({ id, paths, gone }) => [String(id), `${printable(paths.join("  "))}${gone ? " (gone)" : ""}`]);
  return [...lines, "", ...tableLines([right("face"), "photograph"], rows)].join("\n");
}

export function suggestionsText({ total, leftOut, suggestions: list }: OutputOf<typeof suggestions>): string {
  const rest =
    leftOut > 0 ? [`Not compared because of their number: the newest ${counted(leftOut, "face")} without a name.`] : [];
  if (list.length === 0) return ["No suggestions: no unnamed group or face is close to a named person.", ...rest].join("\n");
  const rows = list.map(({ person, group, faces, distance, yearsApart }) => [
    distance.toFixed(3),
    group ? `group ${group.id} (${counted(group.faces, "face")})` : `face ${faces[0]}`,
    `${personText(person.id, person.name)}${yearsApart !== null && yearsApart >= 10 ? ` (${Math.round(yearsApart)} years apart)` : ""}`,
    `facenet people answer id:${person.id} yes ${group ? `--group ${group.id}` : `--face ${faces[0]}`}`,
  ]);
  const more = total > list.length ? [`… and ${total - list.length} more (--limit)`] : [];
  return [
    ...tableLines([right("distance"), "is", "this person?", ""], rows),
    ...more,
    ...rest,
    "",
    "Answers: yes, no, unsure (asked again after more faces were added).",
  ].join("\n");
}

function drawText({ face, added, embedded, done }: OutputOf<typeof peopleDraw>): string {
  const lines = [added ? `Face ${face} was drawn.` : `Face ${face} existed already.`];
  if (!embedded) lines.push("Too little of it is visible to compare it with other faces.");
  return [...lines, ...(done ? [correctionText(done, {})] : [])].join("\n");
}

function undoText({ undone, left, corrections, names }: OutputOf<typeof undo>): string {
  if (corrections.length > 0) return listText(corrections, names, left);
  if (!undone) return "Nothing to undo.";
  const rest = left === 0 ? "Nothing else can be undone." : `${left} more can be undone.`;
  return `Undone: ${correctionText(undone, names)}\n${rest} \`facenet redo\` reapplies it.`;
}

function redoText({ redone, left, corrections, names }: OutputOf<typeof redo>): string {
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
  return [...tableLines(["when (UTC)", "by", "change"], rows), ...more].join("\n");
}
