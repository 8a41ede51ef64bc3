/**
 * Runs the instructions of deploy/ as an unprivileged user in an empty folder: start, health check, backup. No container is
 * built: the same commands run here, with `facenet` from the sources.
 */
import { execFile, spawn } from "node:child_process";
import { chmod, chown, mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { samplePhotograph } from "./sample-photographs.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const run = promisify(execFile);
const root = fileURLToPath(new URL("..", import.meta.url));
const read = (path: string) => readFile(join(root, path), "utf8");
/** "nobody" if the tests run as root; otherwise the current user. */
const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;
const asNobody = isRoot ? ["setpriv", `--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups", "--"] : [];

let folder: string;
let port: number;
let env: NodeJS.ProcessEnv;
let server: ReturnType<typeof spawn> | undefined;

beforeAll(async () => {
  const outer = await temporaryFolder("deploy");
  await chmod(outer, 0o755);
  const bin = join(outer, "bin");
  folder = join(outer, "data");
  await mkdir(bin);
  await mkdir(folder, { mode: 0o700 });
  if (isRoot) await chown(folder, NOBODY, NOBODY);
  await writeFile(join(bin, "facenet"), `#!/bin/sh\nexec "${process.execPath}" "${root}src/cli/main.ts" "$@"\n`, { mode: 0o755 });
  const probe = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => probe.once("listening", resolve));
  port = (probe.address() as { port: number }).port;
  probe.close();
  env = {
    PATH: `${bin}:${process.env.PATH}`,
    HOME: folder,
    XDG_DATA_HOME: folder,
    FACENET_THREADS: "1",
    FACENET_PORT: String(port),
  };
});
afterAll(() => server?.kill("SIGKILL"));

async function start(): Promise<{ readonly key: string | undefined; readonly stop: () => Promise<number | null> }> {
  const [command = "", ...args] = [...asNobody, "sh", join(root, "deploy/start"), "--host", "0.0.0.0", "--require-keys"];
  const child = spawn(command, args, { env, cwd: folder, stdio: ["ignore", "pipe", "ignore"] });
  server = child;
  const exited = new Promise<number | null>((resolve) => child.once("exit", resolve));
  let key: string | undefined;
  for await (const line of createInterface({ input: child.stdout })) {
    key ??= /\bfn_[0-9a-f]{12}_[\w-]+/.exec(line)?.[0];
    if (line.includes(`:${port}`)) break;
  }
  child.stdout.resume();
  const stop = () => {
    child.kill("SIGTERM");
    return exited;
  };
  return { key, stop };
}

it("starts as an unprivileged user in an empty folder, creates one key, and its files are private", {
  timeout: 180_000,
}, async ({ skip }) => {
  if (isRoot && !(await run("setpriv", ["--version"]).catch(() => undefined))) skip("setpriv is not installed");
  const first = await start();
  expect(first.key).toBeDefined();
  const url = `http://127.0.0.1:${port}`;
  const headers = { authorization: `Bearer ${first.key}`, host: `127.0.0.1:${port}` };
  const body = new Uint8Array(await readFile(samplePhotograph("sample2")));
  const added = await fetch(`${url}/v1/photographs`, {
    method: "POST",
    body,
    headers: { ...headers, "content-type": "image/jpeg" },
  });
  expect(added.status).toBe(201);
  expect((await fetch(`${url}/v1/people`)).status).toBe(401);

  const [, check = "[]"] = /^HEALTHCHECK .*CMD (\[.*\])$/m.exec(await read("deploy/Containerfile")) ?? [];
  const [command, ...args] = JSON.parse(check.replaceAll(":8128", `:${port}`)) as string[];
  expect(command).toBe("node");
  await run(process.execPath, args, { env });

  const recipe = /^\*\*Backup\.\*\*[\s\S]*?\n\n((?: {4}.*\n)+)/m.exec(await read("deploy/README.md"))?.[1] ?? "";
  const backup = join(folder, "backup");
  await run([...asNobody, "mkdir", backup][0] as string, [...asNobody, "mkdir", backup].slice(1));
  const [shell = "", ...rest] = [...asNobody, "sh", "-euc", recipe];
  await run(shell, rest, { env: { ...env, BACKUP: backup }, cwd: folder });
  expect((await readdir(backup)).sort()).toEqual(["gallery.db", "keys.json", "photographs"]);

  for (const name of await readdir(join(folder, "facenet"))) {
    const { uid, mode } = await stat(join(folder, "facenet", name));
    expect([name, uid, mode & 0o077]).toEqual([name, isRoot ? NOBODY : process.getuid?.(), 0]);
  }
  expect(await first.stop()).toBe(0);
  await expect(run(process.execPath, args, { env })).rejects.toThrow(); // the health check of a server that is down

  const second = await start();
  expect(second.key).toBeUndefined();
  expect((await fetch(`${url}/v1/people`, { headers })).status).toBe(200);
  expect(await second.stop()).toBe(0);
});

it("the container runs as a separate user, keeps its data in a volume and copies no local build output", async () => {
  const lines = (await read("deploy/Containerfile")).split("\n");
  const last = lines.lastIndexOf(lines.findLast((line) => line.startsWith("FROM ")) as string);
  const stage = lines.slice(last);
  expect(stage).toContain("USER node");
  expect(stage.indexOf("USER node")).toBeLessThan(stage.findIndex((line) => line.startsWith("CMD ")));
  expect(stage).toContain("VOLUME /data");
  const ignored = (await read(".dockerignore")).split("\n");
  for (const built of ["node_modules", "dist", "models"]) expect(ignored).toContain(built);
});
