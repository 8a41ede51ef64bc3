/** Reasons to stop that are no errors: work ends, what is written stays, and the exit status says which it was. */
import { type ExitCode, exitCodes } from "../errors.ts";

const causes = {
  SIGINT: { message: "interrupted", exitCode: exitCodes.interrupted },
  SIGTERM: { message: "terminated", exitCode: exitCodes.terminated },
  /** The reader of standard output has seen enough, as in `facenet ... | head -1`: that is no error. */
  EPIPE: { message: "", exitCode: exitCodes.done },
} as const;

export class Interruption extends Error {
  override readonly name = "Interruption";
  readonly reason: keyof typeof causes;
  readonly exitCode: ExitCode;

  constructor(reason: keyof typeof causes) {
    super(causes[reason].message);
    this.reason = reason;
    this.exitCode = causes[reason].exitCode;
  }
}

/** An AbortSignal that the first SIGINT or SIGTERM aborts, with an {@link Interruption}; a second one ends the process as ever. */
export function abortOnSignals(target: Pick<NodeJS.Process, "once">): AbortSignal {
  const controller = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) target.once(signal, () => controller.abort(new Interruption(signal)));
  return controller.signal;
}

/** What an interrupted program may take to end by itself, ms: a thread that computes ends with its photograph. */
const GRACE_MS = 3000;

/** Makes sure that an interrupted program ends soon: after a while the signal does what it does by default. */
export function endSoon(target: Pick<NodeJS.Process, "kill" | "pid">, { reason }: AbortSignal): void {
  if (!(reason instanceof Interruption) || reason.reason === "EPIPE") return;
  const name = reason.reason;
  setTimeout(() => target.kill(target.pid, name), GRACE_MS).unref();
}
