/**
 * Lowers the priority of the threads that process photographs, so that requests answered from memory do not wait for them,
 * however few processors there are; measured in docs/http-api.md. Linux only, where priorities are per thread; elsewhere it does
 * nothing.
 */
import { readdirSync, readFileSync } from "node:fs";
import { setPriority } from "node:os";

/** Threads of Node's workers, which compute faces, and of libuv, in which sharp decodes. */
const computing: ReadonlySet<string> = new Set(["WorkerThread", "libuv-worker"]);
/** Nice value: 19 is the lowest priority, 0 the default. */
const LOWER = 10;
/** Threads are created on demand, so new ones are looked for regularly. */
const LOOK_MS = 5000;

/** @returns a function that stops it */
export function keepThreadsLow(): () => void {
  if (process.platform !== "linux") return () => undefined;
  const low = new Set<string>();
  lower(low);
  const looking = setInterval(() => lower(low), LOOK_MS).unref();
  return () => clearInterval(looking);
}

function lower(low: Set<string>): void {
  const threads = readThreads();
  for (const { id, name } of threads) {
    if (low.has(id) || !computing.has(name)) continue;
    low.add(id);
    try {
      setPriority(Number(id), LOWER);
    } catch {
      // the thread has ended, or the system does not permit it
    }
  }
  const ids = new Set(threads.map(({ id }) => id));
  for (const id of low) if (!ids.has(id)) low.delete(id);
}

function readThreads(): { readonly id: string; readonly name: string }[] {
  try {
    return readdirSync("/proc/self/task").map((id) => ({ id, name: nameOf(id) }));
  } catch {
    return []; // a system without /proc
  }
}

function nameOf(id: string): string {
  try {
    return readFileSync(`/proc/self/task/${id}/comm`, "utf8").trim();
  } catch {
    return "";
  }
}
