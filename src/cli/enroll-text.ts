/** What `facenet enroll` did, in sentences. */
import type * as z from "zod";
import type { enroll } from "../operations/enroll.ts";
import { counted } from "./counted.ts";
import type { Outcome } from "./outcome.ts";
import { printable } from "./printable.ts";

type Enrolled = z.output<(typeof enroll)["output"]>;

export function enrollText({ person, name, enrolled }: Enrolled): string {
  const lines = [`${printable(name)} (${person}): ${counted(enrolled.length, "face")} enrolled.`];
  for (const { image, face, reasons } of enrolled) {
    const doubts = reasons.length > 0 ? `; as a reference it is poor: ${reasons.join("; ")}` : "";
    lines.push(`  ${printable(image)}: face ${face}${doubts}`);
  }
  return lines.join("\n");
}

export const enrollOutcome = ({ enrolled, failures }: Enrolled): Outcome => ({ done: enrolled.length, failures });
