/** Runs the program: reads arguments and environment, runs the command, reports errors, returns the exit status. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { CommanderError, Option } from "commander";
import { type ExitCode, exitCodes, FaceNetError, toFaceNetError } from "../errors.ts";
import type { Progress } from "../faces/batch.ts";
import { type ContextOptions, createContext, type DisposableContext } from "../operations/context.ts";
import type { CliCommand } from "./command.ts";
import { counted } from "./counted.ts";
import { errorText } from "./error-text.ts";
import { eventText } from "./event-text.ts";
import { exitCodeOfError } from "./exit-codes.ts";
import { environmentName, type Flag, readFlag } from "./flags.ts";
import { readImageArguments } from "./image-arguments.ts";
import { Interruption } from "./interruption.ts";
import { claimOutputs, type Output } from "./output-places.ts";
import { printable } from "./printable.ts";
import { createProgram, type Invocation } from "./program.ts";
import type { Terminal } from "./terminal.ts";

export type ProgramRun = {
  readonly commands: readonly CliCommand[];
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
  /** Context of operations; tests share loaded models. Default {@link createContext}. */
  readonly contextOf?: (options: ContextOptions) => DisposableContext;
};

/** Runs `facenet` with the given arguments. Never throws; errors are printed to standard error. */
export async function runProgram(argv: readonly string[], run: ProgramRun): Promise<ExitCode> {
  const { commands, terminal } = run;
  let exitCode: ExitCode = exitCodes.done;
  let flags: readonly Flag[] = [];
  const program = createProgram(commands, {
    version: packageVersion(),
    print: (text) => terminal.print(text),
    act: async (invocation) => {
      flags = invocation.flags;
      exitCode = await runInvocation(invocation, run);
    },
  });
  try {
    await program.parseAsync(argv, { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
    return report(error, { terminal, flags, debug: argv.includes("--debug") });
  }
}

async function runInvocation(
  invocation: Invocation,
  { terminal, signal, contextOf = createContext }: ProgramRun,
): Promise<ExitCode> {
  const input = await readInput(invocation, terminal);
  await claimOutputs(outputsOf(invocation, input), { force: invocation.options.force === true, terminal });
  let reached: Progress | undefined;
  const context = contextOf({
    signal,
    onProgress: (progress) => {
      reached = progress;
      terminal.showProgress(progress);
    },
    onEvent: (event) => terminal.note(eventText(event)),
    confirm: (question) => terminal.confirm(question),
  });
  try {
    return await invocation.command.run({ input, options: invocation.options, terminal, context });
  } catch (error) {
    if (!(error instanceof Interruption) || error.message === "") throw error;
    terminal.note(`facenet: ${interruptionText(error, reached, invocation.command.kept)}`);
    return error.exitCode;
  } finally {
    terminal.clearProgress();
    await context.dispose();
  }
}

/** Outputs of the command. */
function outputsOf({ command, flags, options }: Invocation, input: Readonly<Record<string, unknown>>): Output[] {
  const ofInput = flags.map(({ writes, field, default: standard }) => ({ writes, path: input[field] ?? standard }));
  const ofPrinting = command.options.map(({ writes, flags: text }) => ({
    writes,
    path: options[new Option(text).attributeName()],
  }));
  const named = [...ofInput, ...ofPrinting].flatMap(({ writes, path }): Output[] =>
    writes && typeof path === "string" ? [{ path, kind: writes }] : [],
  );
  const further = command.further?.(input, options) ?? [];
  return [...named, ...further.map((path): Output => ({ path, kind: "further" }))];
}

/** @example "interrupted after 12 photographs, 1 of them failed. The gallery keeps them: the same command goes on from there." */
function interruptionText({ message }: Interruption, reached: Progress | undefined, kept = "Nothing was written."): string {
  if (!reached) return `${message}. ${kept}`;
  const { done, failed, unit = "photographs" } = reached;
  const after = counted(done, unit.replace(/s$/, ""), unit);
  return `${message} after ${after}${failed > 0 ? `, ${failed} of them failed` : ""}. ${kept}`;
}

/**
 * Input of the operation: from the command line, else from an earlier run that is continued, else from the environment; the schema
 * provides defaults.
 */
async function readInput(
  { command, flags, options, positionals }: Invocation,
  terminal: Terminal,
): Promise<Record<string, unknown>> {
  const input: Record<string, unknown> = {};
  const fromEnvironment: { readonly flag: Flag; readonly variable: string }[] = [];
  for (const flag of flags) {
    const { field, name, positional, many, required } = flag;
    const variable = terminal.env[environmentName(flag)];
    if (positional) input[field] = many ? await readList(positionals[field], options, terminal.stdin) : positionals[field];
    else if (options[field] !== undefined) input[field] = options[field];
    else if (variable !== undefined) {
      input[field] = readFlag(flag, variable, environmentName(flag));
      fromEnvironment.push({ flag, variable });
    }
    if (input[field] === undefined) {
      if (required && many)
        throw new FaceNetError("OPTION_INVALID", { option: field, reason: "requires at least one, or a list with --from" });
      if (required) throw new FaceNetError("OPTION_INVALID", { option: name, reason: "is required" });
      delete input[field];
    }
  }
  const saved = (await command.saved?.(input)) ?? {};
  for (const { flag, variable } of fromEnvironment) {
    const { field } = flag;
    if (!Object.hasOwn(saved, field)) continue;
    delete input[field];
    const value = String(saved[field] ?? "");
    if ([variable, resolve(variable)].includes(value)) continue;
    const continued = value === "" ? `without ${field}` : `with ${field} ${printable(value)}`;
    terminal.note(`facenet: ${environmentName(flag)} is not used: the run continues ${continued}.`);
  }
  return input;
}

/** Undefined if none are given; an empty folder or list is a separate error. */
async function readList(
  named: Invocation["positionals"][string],
  options: Invocation["options"],
  stdin: Terminal["stdin"],
): Promise<string[] | undefined> {
  const given = typeof named === "string" ? [named] : (named ?? []);
  const from = typeof options.from === "string" ? options.from : undefined;
  if (given.length === 0 && from === undefined) return undefined;
  const images = await readImageArguments(given, { recursive: options.recursive === true, from }, stdin);
  if (images.length === 0) {
    throw new FaceNetError("OPTION_INVALID", {
      option: [...given, from].filter(Boolean).join(", "),
      reason: "contains no photographs",
    });
  }
  return images;
}

type ReportOptions = { readonly terminal: Terminal; readonly flags: readonly Flag[]; readonly debug: boolean };

function report(error: unknown, { terminal, flags, debug }: ReportOptions): ExitCode {
  if (error instanceof Interruption) return error.exitCode; // standard output was closed
  const known = toFaceNetError(error);
  terminal.note(`facenet: ${errorText(known, flags)}`);
  if (debug) terminal.note(stackOf(known));
  return exitCodeOfError(known);
}

function stackOf(error: Error): string {
  const cause = error.cause instanceof Error ? `\ncaused by ${stackOf(error.cause)}` : "";
  return `${error.stack}${cause}`;
}

/** Version in package.json: two folders up, from src/cli as from dist/cli. */
export function packageVersion(): string {
  const file = new URL("../../package.json", import.meta.url);
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}
