/** Folder for user data other than photographs. */
import { homedir } from "node:os";
import { join } from "node:path";

/** This program's data folder, by the conventions of the operating system; it may not exist yet. */
export function dataFolder(env: NodeJS.ProcessEnv = process.env, home: string = homedir()): string {
  return join(env.XDG_DATA_HOME ?? join(home, ".local", "share"), "facenet");
}
