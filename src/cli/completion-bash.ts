import type { CompletedCommand } from "./completion-tree.ts";

/** For `source <(facenet completion bash)`: works without the package bash-completion. */
export function bashCompletion(commands: readonly CompletedCommand[]): string {
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
