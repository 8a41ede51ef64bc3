/**
 * Effect of hostile clients on the service: 50 connections with wrong keys, then 50 with wrong keys, slow headers and bodies, and
 * hostile files. Measures response times of a valid client before and during the attack, and the server's memory before and
 * after.
 *
 *     node scripts/hostile-load.ts [SECONDS]
 */
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { availableParallelism, cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import sharp from "sharp";
import { Pool } from "undici";
import { createContext } from "../src/operations/context.ts";
import { createKey } from "../src/operations/create-key.ts";
import { sampleNames, samplePhotograph } from "../test/sample-photographs.ts";
import { type HostileOptions, type HostileOutcome, hostileClients } from "../test/server/hostile-clients.ts";
import { startProgram } from "../test/server/running-server.ts";

type Attack = Omit<HostileOptions, "signal"> & { readonly ms: number };

/** Interval between requests of the valid client. */
const EVERY_MS = 20;
/** Photographs processed before memory is measured. */
const WARM_UP = 60;
/** Side of a white PNG of 59 megapixels, which the server accepts by default. */
const BOMB_SIDE_PX = 7700;
/** Duration of valid concurrent load, until memory has reached its size under load. */
const BUSY_S = 15;
const BUSY_CLIENTS = 15;
/** Time after the attack for memory to be released. */
const CALM_MS = 10_000;

if (isMainThread) await measure(Number(process.argv[2] ?? 60));
else {
  const { ms, ...options } = workerData as Attack;
  parentPort?.postMessage(await hostileClients({ ...options, signal: AbortSignal.timeout(ms) }));
}

async function measure(seconds: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "facenet-hostile-"));
  const keys = join(folder, "keys.json");
  const context = createContext({ signal: new AbortController().signal, onProgress: () => undefined });
  const made = async (name: string, scope: "read" | "write") => (await createKey.run({ name, scope, keys }, context)).key;
  const [valid, rude] = [await made("valid", "write"), await made("rude", "read")];
  const server = await startProgram(folder, ["--require-keys", "--keys", keys]);
  // A connection each, so that one does not wait for the other.
  const [pool, photographPool] = [new Pool(server.url, { connections: 1 }), new Pool(server.url, { connections: 1 })];
  const headers = { authorization: `Bearer ${valid}` };
  const send = async (method: "GET" | "POST", path: string, body?: Buffer): Promise<number> => {
    const type = body && { "content-type": "image/jpeg" };
    const answer = await (body ? photographPool : pool).request({
      method,
      path,
      headers: { ...headers, ...type },
      ...(body && { body }),
    });
    await answer.body.dump();
    return answer.statusCode;
  };
  try {
    const photographs = await Promise.all(sampleNames.map((name) => readFile(samplePhotograph(name))));
    for (const photograph of photographs) await send("POST", "/v1/photographs", photograph);
    for (let i = 0; i < WARM_UP; i++) await send("POST", "/v1/detect", photographs[i % photographs.length]);
    console.log(`${availableParallelism()} x ${cpus()[0]?.model}, load ${loadavg()[0]?.toFixed(1)}, Node ${process.version}`);
    const before = await residentMb(server.pid);

    const look = () => send("GET", "/v1/people?limit=20");
    const alone = await answersFor(look, seconds / 3);
    const attack = (connections: Attack["connections"], ms: number) =>
      attackFor({ url: server.url, key: rude, connections, bombSidePx: BOMB_SIDE_PX, ms });
    const wrongKeys = attack({ "wrong key": 50 }, (seconds / 3) * 1000);
    const amongWrongKeys = await answersFor(look, seconds / 3);
    const outcomes = [await wrongKeys];
    const largest = await largePhotograph(photographs[1] as Buffer);
    const busy = [...photographs, largest].flatMap((photograph) => [photograph, undefined]);
    await Promise.all(Array.from({ length: BUSY_CLIENTS }, (_, client) => busyClient(server.url, headers, busy, client)));
    await sleep(CALM_MS);
    const atWork = await residentMb(server.pid);
    const all = attack({ "wrong key": 15, "slow head": 10, "slow body": 10, "hostile file": 15 }, seconds * 1000);
    const [amongAll, faces] = await Promise.all([
      answersFor(look, seconds),
      answersFor(() => send("POST", "/v1/detect", photographs[1]), seconds, 2000),
    ]);
    outcomes.push(await all);
    await sleep(CALM_MS);
    const after = await residentMb(server.pid);

    console.log(`people, alone:                     ${textOf(alone)}`);
    console.log(`people, 50 connections wrong keys: ${textOf(amongWrongKeys)}`);
    console.log(`people, all kinds, ${seconds} s:            ${textOf(amongAll)}`);
    console.log(`a photograph every 2 s meanwhile:  ${textOf(faces)}`);
    for (const outcome of outcomes) console.log(`refused: ${JSON.stringify(outcome)}`);
    const sizes = [before, atWork, after].map(Math.round).join(", ");
    console.log(
      `resident: ${sizes} MB idle, after valid load, after the attack: ${percent(after / atWork - 1)}, ${percent(after / before - 1)} from idle`,
    );
  } finally {
    await Promise.all([pool.destroy(), photographPool.destroy()]);
    await server.end("SIGINT");
    await context.dispose();
    await rm(folder, { recursive: true, force: true });
  }
}

/** As many pixels as the hostile picture. */
async function largePhotograph(photograph: Buffer): Promise<Buffer> {
  return sharp(photograph).resize(BOMB_SIDE_PX, BOMB_SIDE_PX, { fit: "fill" }).jpeg().toBuffer();
}

/** Lists people and sends photographs in turn. */
async function busyClient(
  url: string,
  headers: Readonly<Record<string, string>>,
  bodies: readonly (Buffer | undefined)[],
  first: number,
): Promise<void> {
  const pool = new Pool(url, { connections: 1 });
  let next = first;
  await answersFor(
    async () => {
      const body = bodies[next++ % bodies.length];
      const answer = await (body
        ? pool.request({ method: "POST", path: "/v1/detect", headers: { ...headers, "content-type": "image/jpeg" }, body })
        : pool.request({ method: "GET", path: "/v1/people?limit=20", headers }));
      await answer.body.dump();
      return answer.statusCode;
    },
    BUSY_S,
    0,
  );
  await pool.destroy();
}

type Answers = { readonly times: readonly number[]; readonly statuses: ReadonlyMap<number, number> };

async function answersFor(ask: () => Promise<number>, seconds: number, everyMs = EVERY_MS): Promise<Answers> {
  const times: number[] = [];
  const statuses = new Map<number, number>();
  for (const end = performance.now() + seconds * 1000; performance.now() < end; ) {
    const start = performance.now();
    const status = await ask();
    times.push(performance.now() - start);
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    await sleep(everyMs);
  }
  return { times: times.sort((a, b) => a - b), statuses };
}

/** In a separate thread, so that the attack does not affect the timing of the valid client. */
async function attackFor(attack: Attack): Promise<HostileOutcome> {
  const worker = new Worker(new URL(import.meta.url), { workerData: attack });
  const [outcome] = (await once(worker, "message")) as [HostileOutcome];
  return outcome;
}

async function residentMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1024;
}

function textOf({ times, statuses }: Answers): string {
  const at = (share: number) => `${(times[Math.min(times.length - 1, Math.floor(share * times.length))] ?? 0).toFixed(1)} ms`;
  const counts = [...statuses].map(([status, count]) => `${count} x ${status}`).join(", ");
  return `median ${at(0.5)}, p99 ${at(0.99)} (${counts})`;
}

function percent(share: number): string {
  return `${share < 0 ? "" : "+"}${(100 * share).toFixed(1)} %`;
}
