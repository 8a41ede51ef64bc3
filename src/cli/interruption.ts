/** Interruptions: work stops, written results are kept, and the exit status tells which signal it was. */
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

/** An AbortSignal that the first SIGINT or SIGTERM aborts, with an {@link Interruption}; a second one ends the process as ever. */
export function abortOnSignals(target: Pick<NodeJS.Process, "once">): AbortSignal {
  const controller = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) target.once(signal, () => controller.abort(new Interruption(signal)));
  return controller.signal;
}

/** Time that an interrupted program has to finish the photographs in progress, ms. */
const GRACE_MS = 3000;

/** Ends an interrupted program by the signal's default action if it does not finish in time. */
export function endSoon(target: Pick<NodeJS.Process, "kill" | "pid">, { reason }: AbortSignal): void {
  if (!(reason instanceof Interruption) || reason.reason === "EPIPE") return;
  const name = reason.reason;
  setTimeout(() => target.kill(target.pid, name), GRACE_MS).unref();
}
