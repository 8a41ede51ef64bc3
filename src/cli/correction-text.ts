/** A correction as a sentence. */
import type { CorrectionRecord } from "../schemas/gallery.ts";
import { counted } from "./counted.ts";
import { printable } from "./printable.ts";

/** Names of people by id. */
export type Names = Readonly<Record<string, string>>;

const LISTED = 10;

/** @example "Faces 508 and 509 of Anna (12) are another person, 40." */
export function correctionText({ correction, person }: CorrectionRecord, names: Names): string {
  const who = (id: number | null): string => personText(id, (id === null ? undefined : names[id]) ?? null);
  switch (correction.kind) {
    case "create": {
      const { name, faces } = correction;
      return `${personText(person, name)} is a new person${faces.length === 0 ? "" : ` with ${facesText(faces)}`}.`;
    }
    case "name":
      if (correction.name === null) return `${who(correction.person)} has no name.`;
      return `Person ${correction.person} is ${printable(correction.name)}.`;
    case "assign": {
      const { faces } = correction;
      if (correction.person === null) return `${capital(facesText(faces))} ${areOf(faces)} nobody's.`;
      return `${capital(facesText(faces))} ${areOf(faces)} ${who(correction.person)}.`;
    }
    case "reject":
      return `${capital(facesText(correction.faces))} ${areOf(correction.faces)} not ${who(correction.person)}.`;
    case "merge":
      return `Person ${correction.from} is ${who(correction.into)}, too.`;
    case "split":
      return `${capital(facesText(correction.faces))} of ${who(correction.person)} ${areOf(correction.faces)} another person, ${person}.`;
    case "link":
      return correction.links
        .map(({ a, b, kind }) => `Faces ${a} and ${b} are ${kind === "must" ? "one person" : "not one person"}.`)
        .join(" ");
    case "enroll":
      return `${capital(facesText(correction.faces))} ${areOf(correction.faces)} ${personText(person, correction.name)}.`;
    case "ignore": {
      const { faces, as } = correction;
      if (as === null) return `${capital(facesText(faces))} ${areOf(faces)} no longer ignored.`;
      return `${capital(facesText(faces))} ${areOf(faces)} ignored${as === "no face" ? ": not a face" : ""}.`;
    }
    case "hide":
      return `${capital(who(correction.person))} is ${correction.hidden ? "hidden" : "shown again"}.`;
    case "cover":
      if (correction.face === null) return `${capital(who(correction.person))} has no chosen cover.`;
      return `Face ${correction.face} is the cover of ${who(correction.person)}.`;
    case "undecided": {
      const { face, group, person: whom } = correction;
      const subject = face === undefined ? who(group ?? null) : `face ${face}`;
      return `Whether ${subject} is ${who(whom)} was left open.`;
    }
    case "draw": {
      const { faces, name } = correction;
      return `${capital(facesText(faces))} was drawn by hand${name === null ? "" : `: ${personText(person, name)}`}.`;
    }
    case "cluster": {
      const { faces, newPeople, reset } = correction;
      const what = `${counted(faces, "face")} moved to another person, ${counted(newPeople, "person", "people")} new`;
      return reset ? `People were grouped again from corrections alone: ${what}.` : `Clustering: ${what}.`;
    }
    case "import":
      return `People of ${printable(correction.file)} were imported.`;
    default:
      correction satisfies never;
      throw new TypeError("change of unknown kind");
  }
}

/** @example "Anna (12)", "person 12", "nobody" */
export function personText(id: number | null, name: string | null): string {
  if (id === null) return "nobody";
  return name === null ? `person ${id}` : `${printable(name)} (${id})`;
}

function facesText(faces: readonly number[]): string {
  if (faces.length === 1) return `face ${faces[0]}`;
  if (faces.length > LISTED) return `faces ${faces.slice(0, LISTED).join(", ")} and ${faces.length - LISTED} more`;
  return `faces ${faces.slice(0, -1).join(", ")} and ${faces.at(-1)}`;
}

const areOf = (faces: readonly number[]): string => (faces.length === 1 ? "is" : "are");

const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
