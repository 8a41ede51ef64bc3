/** Where this program keeps what is the user's and no photograph. */
import { homedir } from "node:os";
import { join } from "node:path";

/** The user's data folder of this program, as the system has it: it need not exist yet. */
export function dataFolder(env: NodeJS.ProcessEnv = process.env, home: string = homedir()): string {
  return join(env.XDG_DATA_HOME ?? join(home, ".local", "share"), "facenet");
}
