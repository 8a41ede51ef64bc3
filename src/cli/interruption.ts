/** Interruptions: work stops, written results are kept, and the exit status identifies the signal. */
import { type ExitCode, exitCodes } from "../errors.ts";

const causes = {
  SIGINT: { message: "interrupted", exitCode: exitCodes.interrupted },
  SIGTERM: { message: "terminated", exitCode: exitCodes.terminated },
  /** The reader of standard output closed it, as in `facenet ... | head -1`; not an error. */
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

/** AbortSignal that aborts with an {@link Interruption} on the first SIGINT or SIGTERM; a second one ends the process. */
export function abortOnSignals(target: Pick<NodeJS.Process, "once">): AbortSignal {
  const controller = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) target.once(signal, () => controller.abort(new Interruption(signal)));
  return controller.signal;
}

/** Time for an interrupted program to finish photographs in progress, ms. */
const GRACE_MS = 3000;

/** Ends an interrupted program by the signal's default action unless it finishes in time. */
export function endSoon(target: Pick<NodeJS.Process, "kill" | "pid">, { reason }: AbortSignal): void {
  if (!(reason instanceof Interruption) || reason.reason === "EPIPE") return;
  const name = reason.reason;
  setTimeout(() => target.kill(target.pid, name), GRACE_MS).unref();
}
