/** Completion scripts for shells, made from the command tree. */
import type { Command } from "commander";

type CompletedOption = {
  readonly name: string;
  readonly description: string;
  readonly takesValue: boolean;
  /** Its values, if they are few. */
  readonly choices: readonly string[];
};

type CompletedCommand = {
  readonly name: string;
  readonly summary: string;
  /** Values of its arguments, if they are not files. */
  readonly words: readonly string[];
  readonly options: readonly CompletedOption[];
};

const scripts = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const;
type Shell = keyof typeof scripts;

export const shells = Object.keys(scripts) as readonly Shell[];

/** @throws RangeError for a shell that is not one of {@link shells} */
export function completionScript(shell: string, program: Command): string {
  const known = shells.find((name) => name === shell);
  if (!known) throw new RangeError(`no completion for ${shell}`);
  return scripts[known](completedCommands(program));
}

/** The words that may follow `facenet`. A group completes to its commands, and to the options of all of them. */
function completedCommands(program: Command): CompletedCommand[] {
  return program.commands.map((command) => {
    const parts = command.commands.length > 0 ? command.commands : [command];
    const options = new Map(parts.flatMap((part) => part.options).map((option) => [option.long, option]));
    return {
      name: command.name(),
      summary: command.summary(),
      words: [
        ...command.commands.map((part) => part.name()),
        ...command.registeredArguments.flatMap(({ argChoices = [] }) => argChoices),
      ],
      options: [...options.values()].map(({ long, description, argChoices, required }) => ({
        name: long ?? "",
        description,
        takesValue: required,
        choices: argChoices ?? [],
      })),
    };
  });
}

/** For `source <(facenet completion bash)`: works without the package bash-completion. */
function bashCompletion(commands: readonly CompletedCommand[]): string {
  const names = commands.map(({ name }) => name).join(" ");
  const values = commands.flatMap(({ name, options }) =>
    options
      .filter(({ choices }) => choices.length > 0)
      .map(
        (option) =>
          `    "${name} ${option.name}") COMPREPLY=($(compgen -W "${option.choices.join(" ")}" -- "$current")); return ;;`,
      ),
  );
  const words = commands.map(({ name, options, words: own }) => {
    return `    ${name}) words="${[...own, ...options.map((option) => option.name), "--help"].join(" ")}" ;;`;
  });
  return `# facenet: completion for bash. Put into ~/.bashrc: source <(facenet completion bash)
_facenet() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" words=""
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${names} --help --version" -- "$current"))
    return
  fi
  case "\${COMP_WORDS[1]} $previous" in
${values.join("\n")}
  esac
  case "\${COMP_WORDS[1]}" in
${words.join("\n")}
  esac
  if [ -n "$current" ] || [ "\${COMP_WORDS[1]}" = completion ]; then COMPREPLY=($(compgen -W "$words" -- "$current")); fi
}
# Names of files where nothing of ours fits.
complete -o default -F _facenet facenet
`;
}

/** For a file `_facenet` in a folder of $fpath, or `source <(facenet completion zsh)` after compinit. */
function zshCompletion(commands: readonly CompletedCommand[]): string {
  const described = commands.map(({ name, summary }) => `    ${quotedForZsh(`${name}:${summary}`)}`);
  const cases = commands.map(({ name, options, words }) => {
    const rest = words.length > 0 ? `:value:(${words.join(" ")})` : ":file:_files";
    const specs = [...options.map(optionSpec), "'--help[show help]'", quotedForZsh(`*${rest}`)];
    return `    ${name})\n      _arguments ${specs.join(" \\\n        ")} ;;`;
  });
  return `#compdef facenet
# facenet: completion for zsh. Put into ~/.zshrc after compinit: source <(facenet completion zsh)
_facenet() {
  local -a commands
  commands=(
${described.join("\n")}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command="$words[2]"
  shift words
  (( CURRENT-- ))
  case "$command" in
${cases.join("\n")}
  esac
}
compdef _facenet facenet
`;
}

function optionSpec({ name, description, takesValue, choices }: CompletedOption): string {
  const value = choices.length > 0 ? `:value:(${choices.join(" ")})` : ":value:_files";
  const safe = description.replace(/[[\]\\:]/g, "\\$&");
  return quotedForZsh(`${name}[${safe}]${takesValue ? value : ""}`);
}

const quotedForZsh = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** For ~/.config/fish/completions/facenet.fish. */
function fishCompletion(commands: readonly CompletedCommand[]): string {
  const lines = commands.flatMap(({ name, summary, options, words }) => {
    const here = `complete -c facenet -n '__fish_seen_subcommand_from ${name}'`;
    return [
      `complete -c facenet -n __fish_use_subcommand -f -a ${name} -d ${quotedForFish(summary)}`,
      ...(words.length > 0 ? [`${here} -f -a ${quotedForFish(words.join(" "))}`] : []),
      ...options.map((option) => {
        const value =
          option.choices.length > 0 ? ` -x -a ${quotedForFish(option.choices.join(" "))}` : option.takesValue ? " -r" : "";
        return `${here} -l ${option.name.replace(/^--/, "")}${value} -d ${quotedForFish(option.description)}`;
      }),
    ];
  });
  return ["# facenet: completion for fish. Save as ~/.config/fish/completions/facenet.fish", ...lines, ""].join("\n");
}

const quotedForFish = (text: string): string => `'${text.replace(/[\\']/g, "\\$&")}'`;
