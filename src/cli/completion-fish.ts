import type { CompletedCommand } from "./completion-tree.ts";

/** For ~/.config/fish/completions/facenet.fish. */
export function fishCompletion(commands: readonly CompletedCommand[]): string {
  const lines = commands.flatMap(({ name, summary, options, words }) => {
    const here = `complete -c facenet -n '__fish_seen_subcommand_from ${name}'`;
    return [
      `complete -c facenet -n __fish_use_subcommand -f -a ${name} -d ${quoted(summary)}`,
      ...(words.length > 0 ? [`${here} -f -a ${quoted(words.join(" "))}`] : []),
      ...options.map((option) => {
        const value = option.choices.length > 0 ? ` -x -a ${quoted(option.choices.join(" "))}` : option.takesValue ? " -r" : "";
        return `${here} -l ${option.name.replace(/^--/, "")}${value} -d ${quoted(option.description)}`;
      }),
    ];
  });
  return ["# facenet: completion for fish. Save as ~/.config/fish/completions/facenet.fish", ...lines, ""].join("\n");
}

const quoted = (text: string): string => `'${text.replace(/[\\']/g, "\\$&")}'`;
