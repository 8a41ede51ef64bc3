/** Entry point of `facenet`; the only module of the command line with side effects on import. */
import { commands } from "./commands.ts";
import { abortOnSignals, endSoon } from "./interruption.ts";
import { runProgram } from "./run-program.ts";
import { serveCommand } from "./serve-command.ts";
import { Terminal } from "./terminal.ts";

// Writers handle the error; without a listener, the event would end the process.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);

const signal = abortOnSignals(process);
process.exitCode = await runProgram(process.argv.slice(2), {
  commands: [...commands, serveCommand],
  terminal: new Terminal(process),
  signal,
});
endSoon(process, signal);
