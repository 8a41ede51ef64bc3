/** Threads of a running server: those that process photographs have a lower priority than the one that answers. */
import { readdir, readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { temporaryFolder } from "../temporary-folder.ts";
import { startProgram } from "./running-server.ts";

type Thread = { readonly id: number; readonly name: string; readonly nice: number };

async function threadsOf(pid: number): Promise<Thread[]> {
  const ids = await readdir(`/proc/${pid}/task`);
  const stats = await Promise.all(ids.map((id) => readFile(`/proc/${pid}/task/${id}/stat`, "utf8").catch(() => "")));
  return stats.flatMap((stat) => {
    const [, id, name, rest] = /^(\d+) \((.*)\) (.*)$/s.exec(stat) ?? [];
    return rest === undefined ? [] : [{ id: Number(id), name: name as string, nice: Number(rest.split(" ")[16]) }];
  });
}

it.skipIf(process.platform !== "linux")(
  "photographs are worked on at a lower priority than requests",
  { timeout: 60_000 },
  async () => {
    const server = await startProgram(await temporaryFolder("priority"));
    try {
      const isComputing = ({ name }: Thread) => name === "WorkerThread" || name === "libuv-worker";
      const computing = async () => (await threadsOf(server.pid)).filter(isComputing);
      await expect.poll(async () => (await computing()).map(({ nice }) => nice), { timeout: 20_000 }).toContain(10);
      expect((await computing()).filter(({ nice }) => nice !== 10)).toEqual([]);
      const main = (await threadsOf(server.pid)).find(({ id }) => id === server.pid);
      expect(main?.nice).toBe(0);
    } finally {
      await server.end("SIGINT");
    }
  },
);
