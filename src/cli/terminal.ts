/** All input and output of the program, in one place, so that tests can replace it. */
import { once } from "node:events";
import { createInterface } from "node:readline/promises";
import type { Readable } from "node:stream";
import { styleText } from "node:util";
import { FaceNetError, reasonOf } from "../errors.ts";
import type { Progress } from "../faces/batch.ts";
import { Interruption } from "./interruption.ts";
import { ProgressLine } from "./progress-line.ts";

export type Streams = Pick<NodeJS.Process, "env"> & {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean };
};

/** Emphasises text; no effect if the output is not a terminal or NO_COLOR is set. */
export type Style = (format: "bold" | "dim" | "green" | "yellow" | "red", text: string) => string;

export class Terminal {
  readonly stdin: Readable;
  readonly env: NodeJS.ProcessEnv;
  readonly style: Style;
  readonly #streams: Streams;
  readonly #progress: ProgressLine;

  constructor(streams: Streams) {
    this.#streams = streams;
    this.#progress = new ProgressLine(streams.stderr);
    this.stdin = streams.stdin;
    this.env = streams.env;
    const coloured = streams.stdout.isTTY === true && !streams.env.NO_COLOR;
    this.style = coloured ? (format, text) => styleText(format, text, { validateStream: false }) : (_, text) => text;
  }

  /**
   * Writes results to standard output and waits until they are consumed.
   *
   * @throws FaceNetError OUTPUT_NOT_WRITABLE; Interruption if standard output was closed
   */
  async print(text: string): Promise<void> {
    this.#progress.clear();
    const error = await new Promise<NodeJS.ErrnoException | null | undefined>((resolve) =>
      this.#streams.stdout.write(text, resolve),
    );
    if (error?.code === "EPIPE") throw new Interruption("EPIPE");
    if (error) throw new FaceNetError("OUTPUT_NOT_WRITABLE", { file: "standard output", reason: reasonOf(error) }, error);
  }

  /** Whether standard output is a terminal. */
  get isInteractive(): boolean {
    return this.#streams.stdout.isTTY === true;
  }

  /** Asks for confirmation; false if input or output is not a terminal. */
  async confirm(question: string): Promise<boolean> {
    const { stdin, stderr } = this.#streams;
    if (!stdin.isTTY || !stderr.isTTY) return false;
    this.#progress.clear();
    const asking = createInterface({ input: stdin, output: stderr });
    const ended = once(asking, "close").then(() => ""); // end of input counts as no
    try {
      return /^y(es)?$/i.test((await Promise.race([asking.question(`${question} [y/N] `), ended])).trim());
    } finally {
      asking.close();
    }
  }

  /** Writes a status line to standard error. */
  note(line: string): void {
    this.#progress.clear();
    this.#streams.stderr.write(`${line}\n`);
  }

  /** Shows progress on a terminal; advice is printed as a separate line everywhere. */
  showProgress(progress: Progress): void {
    if (progress.advice !== undefined) this.note(`facenet: ${progress.advice}`);
    this.#progress.update(progress, performance.now());
  }

  clearProgress(): void {
    this.#progress.clear();
  }
}
