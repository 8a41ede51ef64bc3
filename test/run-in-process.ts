/** Runs the program in this process, as from a shell, without its half second of start-up time. */
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import type { CliCommand } from "../src/cli/command.ts";
import { commands } from "../src/cli/commands.ts";
import { runProgram } from "../src/cli/run-program.ts";
import { serveCommand } from "../src/cli/serve-command.ts";
import { Terminal } from "../src/cli/terminal.ts";
import { borrowGallery } from "../src/gallery/access/borrow-gallery.ts";
import { type ContextOptions, createContext, type DisposableContext } from "../src/operations/context.ts";

export const everyCommand = [...commands, serveCommand];

/** Models are loaded once per test file. */
const shared = createContext({ signal: new AbortController().signal, onProgress: () => undefined });

function contextOf(options: ContextOptions): DisposableContext {
  return { ...options, load: shared.load, borrowGallery, dispose: async () => undefined };
}

export const disposeModels = (): Promise<void> => shared.dispose();

export type ProgramResult = { readonly exitCode: number; readonly stdout: string; readonly stderr: string };

export type ProgramOptions = {
  readonly input?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal;
  /** Restricts the commands: creating all of them takes most of the time of a failing run. */
  readonly commands?: readonly CliCommand[];
  /** Whether input and output are a terminal. */
  readonly isTTY?: boolean;
  /** Loads models for this run alone, as a process would. */
  readonly loadsModels?: boolean;
  /** Receives output to standard error as it is written. */
  readonly onStderr?: (chunk: string) => void;
};

export async function runInProcess(args: readonly string[], options: ProgramOptions = {}): Promise<ProgramResult> {
  const {
    commands: known = everyCommand,
    input = "",
    env = {},
    signal = new AbortController().signal,
    isTTY = false,
    loadsModels = false,
    onStderr,
  } = options;
  const stream = () => Object.assign(new PassThrough(), { isTTY });
  const [stdin, stdout, stderr] = [stream(), stream(), stream()];
  const texts = Promise.all([text(stdout), text(stderr)]);
  if (onStderr) stderr.on("data", (chunk) => onStderr(String(chunk)));
  stdin.end(input);
  const terminal = new Terminal({ env: { NO_COLOR: "1", ...env }, stdin, stdout, stderr });
  // commander writes usage errors and help to the process itself
  const [out, err] = [process.stdout.write, process.stderr.write];
  process.stdout.write = ((chunk: string) => stdout.write(chunk)) as typeof process.stdout.write;
  process.stderr.write = ((chunk: string) => stderr.write(chunk)) as typeof process.stderr.write;
  let exitCode: number;
  try {
    exitCode = await runProgram(args, { commands: known, terminal, signal, contextOf: loadsModels ? createContext : contextOf });
  } finally {
    process.stdout.write = out;
    process.stderr.write = err;
  }
  stdout.end();
  stderr.end();
  const [written, told] = await texts;
  return { exitCode, stdout: written, stderr: told.replace(/^\d+(\/\d+)? \w+, .*\/s.*\n/gm, "") };
}
