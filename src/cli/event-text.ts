/** Events of a watching index run, one line each. */
import type { IndexEvent } from "../schemas/index-event.ts";
import { counted } from "./counted.ts";
import { failureText } from "./outcome.ts";
import { printable, printableMessage } from "./printable.ts";

export function eventText(event: IndexEvent): string {
  const path = printable(event.path);
  switch (event.kind) {
    case "added":
      return `${path}: added, ${counted(event.faces, "face")}`;
    case "moved":
      return `${path}: known already, a copy or moved`;
    case "forgotten":
      return `${path}: skipped, it was forgotten`;
    case "gone":
      return `${path}: no longer on disk`;
    case "watching":
      return `${path}: watching; Ctrl-C ends`;
    case "failed":
      return failureText(event);
    case "trouble":
      return printableMessage(event.message);
    default:
      event satisfies never;
      throw new TypeError("unknown event");
  }
}
