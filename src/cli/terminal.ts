/** Where the program reads and writes, in one place, so that tests can look over its shoulder. */
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

/** Emphasised text; plain where the output is no terminal or NO_COLOR is set. */
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
   * Writes results to standard output and waits until its reader has them.
   *
   * @throws FaceNetError OUTPUT_NOT_WRITABLE; Interruption when the reader has gone
   */
  async print(text: string): Promise<void> {
    this.#progress.clear();
    const error = await new Promise<NodeJS.ErrnoException | null | undefined>((resolve) =>
      this.#streams.stdout.write(text, resolve),
    );
    if (error?.code === "EPIPE") throw new Interruption("EPIPE");
    if (error) throw new FaceNetError("OUTPUT_NOT_WRITABLE", { file: "standard output", reason: reasonOf(error) }, error);
  }

  /** Standard output is a terminal. */
  get isInteractive(): boolean {
    return this.#streams.stdout.isTTY === true;
  }

  /** Asks a person to agree; false where nobody can be asked, because input or output is no terminal. */
  async confirm(question: string): Promise<boolean> {
    const { stdin, stderr } = this.#streams;
    if (!stdin.isTTY || !stderr.isTTY) return false;
    this.#progress.clear();
    const asking = createInterface({ input: stdin, output: stderr });
    const ended = once(asking, "close").then(() => ""); // the end of input is no agreement
    try {
      return /^y(es)?$/i.test((await Promise.race([asking.question(`${question} [y/N] `), ended])).trim());
    } finally {
      asking.close();
    }
  }

  /** Writes a line about the work to standard error. */
  note(line: string): void {
    this.#progress.clear();
    this.#streams.stderr.write(`${line}\n`);
  }

  /** How far the work is, where the terminal is one; advice is a line of its own, anywhere. */
  showProgress(progress: Progress): void {
    if (progress.advice !== undefined) this.note(`facenet: ${progress.advice}`);
    this.#progress.update(progress, performance.now());
  }

  clearProgress(): void {
    this.#progress.clear();
  }
}
