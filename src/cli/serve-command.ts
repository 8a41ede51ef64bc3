/** `facenet serve`: connects the command line and the server, which are independent of each other. */
import { spawn } from "node:child_process";
import { type ExitCode, exitCodes } from "../errors.ts";
import { jsonText } from "../files/json-text.ts";
import { parseInput } from "../operations/parse-input.ts";
import { ServeOptions } from "../server/serve-options.ts";
import type { CliCommand, CommandRun } from "./command.ts";
import { packageVersion } from "./run-program.ts";

export const serveCommand: CliCommand = {
  operation: {
    name: "serve",
    summary: "Serves the gallery over HTTP: an API, and a web page",
    positionals: [],
    examples: [
      { command: "facenet serve", says: "for this machine only, at http://127.0.0.1:8128" },
      { command: "facenet keys create door && facenet serve --host 0.0.0.0", says: "for other machines, with an API key" },
    ],
    input: ServeOptions,
  },
  options: [],
  run,
};

async function run({ input, options: { json }, terminal, context }: CommandRun): Promise<ExitCode> {
  const options = parseInput(ServeOptions, input);
  const { startServer } = await import("../server/start-server.ts"); // not needed by other commands
  const { keepThreadsLow } = await import("../server/thread-priority.ts");
  const server = await startServer(options, { load: context.load, version: packageVersion() });
  const endPriorities = keepThreadsLow(); // not in startServer: a program that embeds the server keeps its own priorities
  await terminal.print(
    json
      ? `${jsonText({ url: server.url })}\n`
      : `facenet is running at ${server.url} (API: ${server.url}/docs). Ctrl-C stops it.\n`,
  );
  if (options.open) openInBrowser(server.url);
  const { signal } = context;
  if (!signal.aborted) await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
  endPriorities();
  await server.stop();
  return exitCodes.done;
}

/** Failures are ignored: the result is visible on the screen. */
function openInBrowser(url: string): void {
  const [command, ...args] =
    process.platform === "darwin" ? ["open"] : process.platform === "win32" ? ["cmd", "/c", "start", ""] : ["xdg-open"];
  spawn(command as string, [...args, url], { stdio: "ignore", detached: true })
    .on("error", () => undefined)
    .unref();
}
