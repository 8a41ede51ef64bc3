/** The command line's outline for commander: one subcommand an operation, its flags from its input schema. */
import { Argument, Command, Option } from "commander";
import type { CliCommand } from "./command.ts";
import { completionScript, shells } from "./completion.ts";
import { exitCodeHelp } from "./exit-codes.ts";
import { type Flag, flagsOf, readFlag } from "./flags.ts";
import type { PrintOption } from "./print-options.ts";
import { printableMessage } from "./printable.ts";

/** What was on the command line for one command; texts are read as their flags say. */
export type Invocation = {
  readonly command: CliCommand;
  readonly flags: readonly Flag[];
  /** by field or name of the print option; only what was given */
  readonly options: Readonly<Record<string, unknown>>;
  readonly positionals: Readonly<Record<string, string | string[] | undefined>>;
};

export type ProgramOptions = {
  readonly version: string;
  readonly act: (invocation: Invocation) => Promise<void>;
  readonly print: (text: string) => Promise<void>;
};

/** What every command has. */
const everywhere: readonly PrintOption[] = [
  { flags: "--json", description: "print JSON: one object, or one a photograph and line; failures are among them" },
  { flags: "--debug", description: "with an error, print where in the program it came from" },
];

/** What commands that write files have. */
const forOutputs: readonly PrintOption[] = [{ flags: "--force", description: "replace files that exist already" }];

/** What commands that take a list of photographs have. */
const forLists: readonly PrintOption[] = [
  { flags: "--recursive", description: "take the photographs in folders and all below them" },
  {
    flags: "--from <file>",
    description: "read a list of photographs, one path a line; - is standard input, as is the photograph -",
  },
];

/** @throws CommanderError, after its text is printed, for wrong usage, --help and --version */
export function createProgram(commands: readonly CliCommand[], { version, act, print }: ProgramOptions): Command {
  const program = new Command("facenet")
    .description("One 128-byte embedding per face: verification, comparison and search of faces in photographs.")
    .version(version, "-V, --version", "print the version")
    .helpOption("-h, --help", "show help")
    .helpCommand("help [command]", "show the help of a command")
    .enablePositionalOptions() // what follows `people suggestions` is not for `people`
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

/** What commands of two words share a first word for. */
const groups: Readonly<Record<string, string>> = {
  gallery: "maintenance of a gallery",
  dataset: "makes, checks and packs sets of faces to train on",
  keys: "makes, lists and revokes keys of the HTTP service",
};

/** Where a command hangs: the program; for `gallery check` the group `gallery`, made when it is first wanted; a command of that name. */
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

/** `[images...]` may be missing even where photographs are wanted: `--from` can bring them. */
function placeholder({ field, many, required }: Flag): string {
  if (many) return `[${field}...]`;
  return required ? `<${field}>` : `[${field}]`;
}

function commanderOptions(flag: Flag): Option[] {
  const splits = flag.many && flag.schema["x-commas"] !== "kept";
  const repeatable = flag.many && !splits ? "; may be given several times" : "";
  const description = `${flag.description}${repeatable}${standardText(flag)}`;
  if (flag.kind === "boolean") {
    return [new Option(flag.name, description), new Option(flag.name.replace("--", "--no-"), description).hideHelp()];
  }
  const value = flag.kind === "text" ? (flag.choices ? "choice" : "text") : "number";
  const option = new Option(`${flag.name} <${value}${splits ? ",..." : ""}>`, description);
  if (flag.choices) option.choices(flag.choices); // for help and completion; readFlag does the checking
  // given again, a list grows
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

/** Help shows a switch and its opposite as one: `--[no-]flip`. */
function termOf(text: string, flags: readonly Flag[], long: string | undefined): string {
  const isSwitch = flags.some(({ name, kind }) => kind === "boolean" && name === long);
  return isSwitch ? text.replace("--", "--[no-]") : text;
}

/** Commander's errors in the form of ours: one line, with its suggestion. */
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
    "Every option of an operation can be given as an environment variable too: FACENET_MIN_FACE_SIZE for --min-face-size.",
    "",
    exitCodeHelp(),
  ].join("\n");
}
