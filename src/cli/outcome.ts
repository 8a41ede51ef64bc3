/** Outcome of a run over items: its last line and exit code. */
import { type ExitCode, FaceNetError } from "../errors.ts";
import type { FileFailure, ImageFailure } from "../schemas/failure.ts";
import { counted } from "./counted.ts";
import { errorText } from "./error-text.ts";
import { exitCodeOfBatch } from "./exit-codes.ts";
import { printableMessage } from "./printable.ts";

export type Outcome = {
  /** Singular and plural of the items. Default: photograph. */
  readonly unit?: readonly [one: string, several: string];
  readonly done: number;
  /** Items that were already done. */
  readonly known?: number | null;
  /** Number of skipped items by reason; zeros are not printed. */
  readonly skipped?: Readonly<Record<string, number>>;
  /** Failures without a message are part of the command's own text. */
  readonly failures: readonly (FaceNetError | FileFailure | ImageFailure | { readonly code: string })[];
};

const photographs = ["photograph", "photographs"] as const;

/** Failures for standard error: one line for a single item, otherwise the number of failures and each reason. */
export function failureLines({ unit = photographs, done, known, skipped = {}, failures }: Outcome): string[] {
  const lines = failures.flatMap((failure) => {
    if (failure instanceof FaceNetError) return errorText(failure);
    return "message" in failure ? failureText(failure) : [];
  });
  if (lines.length === 0) return [];
  const total = done + (known ?? 0) + Object.values(skipped).reduce((sum, count) => sum + count, 0) + failures.length;
  if (total === 1) return lines.map((line) => `facenet: ${line}`);
  return [`facenet: ${failures.length} of ${counted(total, ...unit)} failed:`, ...lines.map((line) => `  ${line}`)];
}

export function failureText(failure: Pick<FileFailure, "path" | "message"> | ImageFailure): string {
  return printableMessage(`${"path" in failure ? failure.path : failure.image}: ${failure.message}`);
}

/** @example "12 photographs done, 3 known, 6 skipped (4 no photographs, 2 forgotten), 1 failed." */
export function outcomeText({ unit = photographs, done, known, skipped = {}, failures }: Outcome): string {
  const reasons = Object.entries(skipped).filter(([, count]) => count > 0);
  const left = reasons.reduce((sum, [, count]) => sum + count, 0);
  const parts = [`${counted(done, ...unit)} done`];
  if (known) parts.push(`${known} known`);
  if (left > 0) parts.push(`${left} skipped (${reasons.map(([reason, count]) => `${count} ${reason}`).join(", ")})`);
  return `${[...parts, `${failures.length} failed`].join(", ")}.`;
}

/** 0: nothing failed; 1: some items failed; if all failed for the same reason, the code of that reason. */
export function outcomeExitCode({ done, known, failures }: Outcome): ExitCode {
  return exitCodeOfBatch(done + (known ?? 0), failures);
}
