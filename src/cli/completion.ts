/** Completion scripts for shells, made from the command tree. */
import type { Command } from "commander";
import { bashCompletion } from "./completion-bash.ts";
import { fishCompletion } from "./completion-fish.ts";
import type { CompletedCommand } from "./completion-tree.ts";
import { zshCompletion } from "./completion-zsh.ts";

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
export function completedCommands(program: Command): CompletedCommand[] {
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
