/** The real program as a separate server process, on a free port. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));

export type RunningProgram = {
  readonly url: string;
  readonly pid: number;
  /** Sends a signal and waits for the exit. @returns the exit status, null after SIGKILL */
  readonly end: (signal: "SIGINT" | "SIGKILL") => Promise<number | null>;
};

/** @param folder for the gallery and all other files of the server */
export async function startProgram(folder: string, args: readonly string[] = []): Promise<RunningProgram> {
  const command = [main, "serve", "--port", "0", "--json", "--threads", "1", "--log-level", "silent", ...args];
  const env = { ...process.env, XDG_DATA_HOME: folder };
  const child = spawn(process.execPath, command, { env, stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(child, "exit") as Promise<[number | null]>;
  const [line] = await once(createInterface({ input: child.stdout }), "line");
  const end = async (signal: "SIGINT" | "SIGKILL"): Promise<number | null> => {
    child.kill(signal);
    return (await exited)[0];
  };
  return { url: (JSON.parse(line as string) as { url: string }).url, pid: child.pid as number, end };
}
