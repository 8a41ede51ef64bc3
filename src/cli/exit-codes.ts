/** Exit codes of the program, and how they follow from failures. */
import { type ExitCode, errorStatus, exitCodes, type FaceNetErrorCode, faceNetErrorCodes } from "../errors.ts";

const meanings: Record<keyof typeof exitCodes, string> = {
  done: "done",
  someFailed: "some items failed, the others are done",
  usage: "wrong usage",
  input: "no usable input: missing, damaged or not readable",
  faceCount: "no face, or several where one is expected",
  model: "a model is missing, damaged or cannot run",
  output: "the output cannot be written",
  gallery: "the gallery cannot be opened or written, is damaged, or has no such entry",
  diverged: "training diverged; the last good checkpoint is kept",
  notVerified: "verify --exit-code: two different people",
  internal: "internal error",
  interrupted: "interrupted with Ctrl-C; written output is kept",
  terminated: "terminated (SIGTERM); written output is kept",
};

/** @param error a FaceNetError, or its code from a result */
export function exitCodeOfError({ code }: { readonly code: string }): ExitCode {
  const isKnown = (faceNetErrorCodes as string[]).includes(code);
  return isKnown ? errorStatus(code as FaceNetErrorCode).exitCode : exitCodes.internal;
}

/** Exit code of a batch; if all photographs failed for the same reason, the code of that reason. */
export function exitCodeOfBatch(succeeded: number, failures: readonly { readonly code: string }[]): ExitCode {
  if (failures.length === 0) return exitCodes.done;
  if (succeeded > 0) return exitCodes.someFailed;
  const codes = [...new Set(failures.map(exitCodeOfError))];
  return codes.length === 1 ? (codes[0] as ExitCode) : exitCodes.input;
}

/** Table for `--help`. */
export function exitCodeHelp(): string {
  const lines = Object.entries(meanings).map(([name, meaning]) => {
    return `  ${String(exitCodes[name as keyof typeof exitCodes]).padStart(3)}  ${meaning}`;
  });
  return ["Exit codes:", ...lines].join("\n");
}
