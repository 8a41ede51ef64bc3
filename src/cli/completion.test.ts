import { spawnSync } from "node:child_process";
import { describe, expect, test, vi } from "vitest";
import { commands } from "./commands.ts";
import { completionScript, shells } from "./completion.ts";
import { createProgram } from "./program.ts";

const program = createProgram(commands, { version: "0.0.0", act: vi.fn(), print: vi.fn() });

test.each(shells)("the script for %s knows every command, its options and their choices", (shell) => {
  const script = completionScript(shell, program);
  for (const { operation } of commands) for (const word of operation.name.split(" ")) expect(script).toContain(word);
  expect(script).toMatch(shell === "fish" ? /-l min-face-size -r/ : /--min-face-size/);
  expect(script).toMatch(/jsonl[ "]+csv/);
});

const hasBash = spawnSync("bash", ["--version"]).status === 0;

describe.skipIf(!hasBash)("in bash", () => {
  function complete(...words: string[]): string[] {
    const script = `${completionScript("bash", program)}
COMP_WORDS=(${words.map((word) => `"${word}"`).join(" ")})
COMP_CWORD=${words.length - 1}
_facenet
printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout, stderr } = spawnSync("bash", ["-c", script], { encoding: "utf8" });
    expect(stderr).toBe("");
    return stdout.split("\n").filter(Boolean);
  }

  test.each([
    [["facenet", "ve"], ["verify"]],
    [["facenet", "verify", "--exit"], ["--exit-code"]],
    [
      ["facenet", "embed", "--format", ""],
      ["jsonl", "csv", "npy"],
    ],
    [["facenet", "detect", "--no-"], []],
    [["facenet", "embed", "--no-f"], ["--no-flip"]],
    [["facenet", "completion", "z"], ["zsh"]],
    [["facenet", "detect", "photo"], []],
  ])("%j completes to %j", (words, completions) => {
    expect(complete(...words)).toEqual(completions);
  });
});
