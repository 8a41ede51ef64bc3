/** What `facenet migrate` prints for human eyes. */
import type * as z from "zod";
import { type ExitCode, exitCodes } from "../errors.ts";
import type { migrate } from "../operations/migrate.ts";
import { printable } from "./printable.ts";

type Migrated = z.output<typeof migrate.output>;

export function migrateText({ model, moved, photographs, faces, found, left, forgotten, lost }: Migrated): string {
  const lines = [`${faces} faces of ${photographs} photographs were embedded again.`];
  if (found > 0) lines.push(`${found} more faces were found in them.`);
  const list = lost.map(
    ({ paths, faces: count, message }) => `  ${printable(paths[0] ?? "")} (${count} faces): ${printable(message)}`,
  );
  if (forgotten > 0) lines.push(`${forgotten} photographs were forgotten:`, ...list);
  else if (list.length > 0) lines.push(`${list.length} photographs are not as they were:`, ...list);
  if (moved) return [...lines, `The gallery is of ${model}.`].join("\n");
  if (left === 0) return `The gallery stays with ${model}.`;
  return [
    ...lines,
    `The gallery stays with ${model}: ${left} faces are left. Bring the photographs back and run this again, forget them`,
    "(--forget-missing), or give the move up (--abandon).",
  ].join("\n");
}

/** 1 while faces are left. */
export function migrateExitCode({ moved, left }: Migrated): ExitCode {
  return moved || left === 0 ? exitCodes.done : exitCodes.someFailed;
}
