/** Defines the command line with commander: one subcommand per operation, with flags from its input schema. */
import { Argument, Command, Option } from "commander";
import type { CliCommand } from "./command.ts";
import { completionScript, shells } from "./completion.ts";
import { exitCodeHelp } from "./exit-codes.ts";
import { type Flag, flagsOf, readFlag } from "./flags.ts";
import type { PrintOption } from "./print-options.ts";
import { printableMessage } from "./printable.ts";

/** Arguments given to a command; texts are parsed according to their flags. */
export type Invocation = {
  readonly command: CliCommand;
  readonly flags: readonly Flag[];
  /** Given options, by field or name of the print option. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly positionals: Readonly<Record<string, string | string[] | undefined>>;
};

export type ProgramOptions = {
  readonly version: string;
  readonly act: (invocation: Invocation) => Promise<void>;
  readonly print: (text: string) => Promise<void>;
};

/** Options of every command. */
const everywhere: readonly PrintOption[] = [
  { flags: "--json", description: "print JSON: one object, or one line per photograph; includes failures" },
  { flags: "--debug", description: "print the stack trace of an error" },
];

/** Options of commands that write files. */
const forOutputs: readonly PrintOption[] = [{ flags: "--force", description: "replace existing files" }];

/** Options of commands that take a list of photographs. */
const forLists: readonly PrintOption[] = [
  { flags: "--recursive", description: "include photographs in folders and their sub-folders" },
  {
    flags: "--from <file>",
    description: "read a list of photographs, one path per line; - for standard input, also as a photograph argument",
  },
];

/** @throws CommanderError, after its text is printed, for wrong usage, --help and --version */
export function createProgram(commands: readonly CliCommand[], { version, act, print }: ProgramOptions): Command {
  const program = new Command("facenet")
    .description("One 128-byte embedding per face: verification, comparison and search of faces in photographs.")
    .version(version, "-V, --version", "print the version")
    .helpOption("-h, --help", "show help")
    .helpCommand("help [command]", "show the help of a command")
    .enablePositionalOptions() // options after `people suggestions` do not belong to `people`
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(oneLine(text)) })
    .addHelpText("after", generalHelp(commands));
  for (const command of commands) addOperation(groupOf(program, command.operation.name), command, act);
  program
    .command("completion")
    .summary("prints a completion script for a shell")
    .description("Prints a script that completes commands, options and their values in a shell.")
    .addArgument(new Argument("<shell>").choices(shells))
    .addHelpText("after", exampleHelp([{ command: "source <(facenet completion bash)", says: "in ~/.bashrc" }]))
    .action(async (shell: string) => print(completionScript(shell, program)));
  return program;
}

/** Descriptions of command groups. */
const groups: Readonly<Record<string, string>> = {
  gallery: "maintains a gallery",
  dataset: "builds, checks and packs training sets",
  keys: "creates, lists and revokes API keys",
};

/** Parent of a command: the program; for `gallery check` the group `gallery`, created on demand; or a command of that name. */
function groupOf(program: Command, name: string): Command {
  const [first = "", second] = name.split(" ");
  if (second === undefined) return program;
  const made = program.commands.find((command) => command.name() === first);
  if (made) return made;
  const summary = groups[first];
  if (summary === undefined) throw new TypeError(`${name}: no group of commands ${first}`);
  return program.command(first).summary(summary).description(`Commands: ${summary}.`);
}

function addOperation(parent: Command, command: CliCommand, act: ProgramOptions["act"]): void {
  const { name, summary, positionals, examples, input } = command.operation;
  const flags = flagsOf(input, positionals);
  const named = positionals.map((field) => flags.find((flag) => flag.field === field)).filter((flag) => flag !== undefined);
  const takesList = named.some(({ many }) => many);
  const sub = parent
    .command(name.split(" ").at(-1) as string)
    .helpCommand(false)
    .enablePositionalOptions()
    .summary(summary)
    .description(summary.endsWith("?") ? summary : `${summary}.`);
  for (const flag of named) sub.addArgument(new Argument(placeholder(flag), flag.description));
  for (const flag of flags) if (!flag.positional) for (const option of commanderOptions(flag)) sub.addOption(option);
  const writesFiles = [...flags, ...command.options].some(({ writes }) => writes);
  const printOptions = [...command.options, ...(takesList ? forLists : []), ...(writesFiles ? forOutputs : []), ...everywhere];
  for (const { flags: text, description, choices } of printOptions) {
    const option = new Option(text, description);
    sub.addOption(choices ? option.choices(choices) : option);
  }
  sub.configureHelp({ optionTerm: ({ flags: text, long }) => termOf(text, flags, long) });
  sub.addHelpText("after", exampleHelp(examples));
  sub.action(async (...values: unknown[]) => {
    const given = Object.fromEntries(named.map(({ field }, i) => [field, values[i] as string | string[] | undefined]));
    await act({ command, flags, options: sub.opts(), positionals: given });
  });
}

/** `[images...]` is optional even if photographs are required, because `--from` can supply them. */
function placeholder({ field, many, required }: Flag): string {
  if (many) return `[${field}...]`;
  return required ? `<${field}>` : `[${field}]`;
}

function commanderOptions(flag: Flag): Option[] {
  const splits = flag.many && flag.schema["x-commas"] !== "kept";
  const repeatable = flag.many && !splits ? "; repeatable" : "";
  const description = `${flag.description}${repeatable}${standardText(flag)}`;
  if (flag.kind === "boolean") {
    return [new Option(flag.name, description), new Option(flag.name.replace("--", "--no-"), description).hideHelp()];
  }
  const value = flag.kind === "text" ? (flag.choices ? "choice" : "text") : "number";
  const option = new Option(`${flag.name} <${value}${splits ? ",..." : ""}>`, description);
  if (flag.choices) option.choices(flag.choices); // for help and completion; readFlag validates
  // a repeated option extends its list
  const read = (text: string, before: unknown) => {
    const value = readFlag(flag, text);
    return flag.many && Array.isArray(before) ? [...before, ...(value as unknown[])] : value;
  };
  return [option.argParser(read)];
}

function standardText({ required, default: standard }: Flag): string {
  if (required) return " (required)";
  return standard === undefined || standard === false ? "" : ` (default: ${standard})`;
}

/** Help shows a switch and its negation as one: `--[no-]flip`. */
function termOf(text: string, flags: readonly Flag[], long: string | undefined): string {
  const isSwitch = flags.some(({ name, kind }) => kind === "boolean" && name === long);
  return isSwitch ? text.replace("--", "--[no-]") : text;
}

/** Commander's errors in our format: one line, with its suggestion. */
function oneLine(text: string): string {
  const message = text
    .replace(/^error: /, "")
    .trim()
    .replace(/\n(?=\(Did you mean)/g, " ");
  return `facenet: ${printableMessage(message)}\n`;
}

function exampleHelp(examples: CliCommand["operation"]["examples"]): string {
  const lines = examples.map(({ command, says }) => `  ${command}\n      ${says}`);
  return ["", examples.length === 1 ? "Example:" : "Examples:", ...lines].join("\n");
}

function generalHelp(commands: readonly CliCommand[]): string {
  const examples = commands.flatMap(({ operation }) => operation.examples.slice(0, 1));
  return [
    exampleHelp(examples),
    "",
    "Every option can also be set by an environment variable: FACENET_MIN_FACE_SIZE for --min-face-size.",
    "",
    exitCodeHelp(),
  ].join("\n");
}
