/** Text output of `facenet enroll`. */
import type * as z from "zod";
import type { enroll } from "../operations/enroll.ts";
import { personText } from "./correction-text.ts";
import { counted } from "./counted.ts";
import type { Outcome } from "./outcome.ts";
import { printable } from "./printable.ts";

type Enrolled = z.output<(typeof enroll)["output"]>;

export function enrollText({ people, enrolled, warnings }: Enrolled): string {
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

export const enrollOutcome = ({ enrolled, failures }: Enrolled): Outcome => ({ done: enrolled.length, failures });
