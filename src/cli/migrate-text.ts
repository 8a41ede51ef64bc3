/** Text output of `facenet migrate`. */
import { exitCodes } from "../errors.ts";
import { migrate } from "../operations/migrate.ts";
import type { OutputOf } from "../operations/operation.ts";
import { answerCommand, KEPT_IN_GALLERY } from "./command.ts";
import { counted } from "./counted.ts";
import type { Outcome } from "./outcome.ts";
import { printable } from "./printable.ts";

type Migrated = OutputOf<typeof migrate>;

export const migrateCommand = answerCommand(migrate, {
  text: migrateText,
  outcome: migrateOutcome,
  // 1 while faces are left to migrate
  exitCode: ({ moved, left }) => (moved || left === 0 ? exitCodes.done : exitCodes.someFailed),
  kept: KEPT_IN_GALLERY,
});

function migrateText(result: Migrated): string {
  const { model, moved, photographs, faces, found, left, forgotten, mapped, mapCost, lost } = result;
  const lines = [`Embedded again: ${counted(faces, "face")} of ${counted(photographs, "photograph")}.`];
  if (found > 0) lines.push(`${counted(found, "more face", "more faces")} ${found === 1 ? "was" : "were"} found in them.`);
  if (mapped > 0) lines.push(`Mapped from the old model: ${counted(mapped, "face")}.`, ...costLines(mapCost));
  const list = lost.map(
    ({ paths, faces: count, message }) => `  ${printable(paths[0] ?? "")} (${counted(count, "face")}): ${printable(message)}`,
  );
  if (forgotten > 0) lines.push(`Forgotten: ${counted(forgotten, "photograph")}.`, ...list);
  else if (list.length > 0) lines.push(`Changed or missing photographs: ${list.length}`, ...list);
  if (moved) return [...lines, `The gallery now uses ${model}.`].join("\n");
  if (left === 0) return `The gallery stays with ${model}.`;
  return [
    ...lines,
    `The gallery stays with ${model}: ${counted(left, "face")} left. Restore the photographs and run this again, map`,
    "their embeddings (--map-missing), remove their faces (--forget-missing), or cancel the migration (--abandon).",
  ].join("\n");
}

function costLines(cost: Migrated["mapCost"]): string[] {
  if (!cost) return [];
  const percent = (share: number | null): string => (share === null ? "unknown" : `${(100 * share).toPrecision(3)} %`);
  return [
    `  The map was fitted on ${counted(cost.fittedOn, "face")}. On ${counted(cost.measuredOn, "face")} left out of the fit:`,
    `  ${percent(cost.matchesKept)} of the new model's matches still match with a mapped embedding, and ${percent(cost.matchesAdded)} of its other pairs`,
    `  (FMR 1e-3); a mapped embedding is ${cost.distance.toFixed(2)} (squared L2) from the new model's own.`,
  ];
}

function migrateOutcome({ photographs, forgotten, mapped, lost }: Migrated): Outcome {
  if (mapped > 0) return { done: photographs + lost.length, failures: [] };
  if (forgotten > 0) return { done: photographs, skipped: { forgotten }, failures: [] };
  return { done: photographs, failures: lost.map(() => ({ code: "IMAGE_NOT_FOUND" })) };
}
