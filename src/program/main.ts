/** The program `facenet`. The only module here that does something when it is imported. */
import { commands } from "../cli/commands.ts";
import { abortOnSignals, endSoon } from "../cli/interruption.ts";
import { runProgram } from "../cli/run-program.ts";
import { Terminal } from "../cli/terminal.ts";
import { serveCommand } from "./serve-command.ts";

// Whoever writes learns of the failure by itself; without a listener the event would end the process.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);

const signal = abortOnSignals(process);
process.exitCode = await runProgram(process.argv.slice(2), {
  commands: [...commands, serveCommand],
  terminal: new Terminal(process),
  signal,
});
endSoon(process, signal);
