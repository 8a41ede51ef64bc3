import type { CompletedCommand, CompletedOption } from "./completion-tree.ts";

/** For a file `_facenet` in a folder of $fpath, or `source <(facenet completion zsh)` after compinit. */
export function zshCompletion(commands: readonly CompletedCommand[]): string {
  const described = commands.map(({ name, summary }) => `    ${quoted(`${name}:${summary}`)}`);
  const cases = commands.map(({ name, options, words }) => {
    const rest = words.length > 0 ? `:value:(${words.join(" ")})` : ":file:_files";
    const specs = [...options.map(optionSpec), "'--help[show help]'", quoted(`*${rest}`)];
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
  return quoted(`${name}[${safe}]${takesValue ? value : ""}`);
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
