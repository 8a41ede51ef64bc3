/**
 * The HTTP service under load: 50 clients that post photographs continuously, compared with the throughput of the pipeline on the
 * same photographs, in turns. Every answer is checked: its own id, and the faces of its own photograph.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { Pool } from "undici";
import { FaceNet } from "../src/faces/facenet.ts";
import { type Bench, perSecond, type Row, race, single, speedOf, spreadOf } from "./measure.ts";
import { lfwPeople, samplePaths } from "./samples.ts";

const CLIENTS = 50;
/** Photographs per lap, enough that the initial burst of 50 uploads has little weight. */
const LAP = 180;
/** Maximum growth of memory after the first quarter, percent. */
const GROWTH = 10;
const main = fileURLToPath(new URL("../src/cli/main.ts", import.meta.url));

export const serve: Bench = async ({ data, images }) => {
  const server = await startServer();
  const health = await startProbe(server.url);
  const client = new Pool(server.url, { connections: CLIENTS });
  const facenet = await FaceNet.load();
  try {
    const samples = await Promise.all(samplePaths.map((path) => readFile(path)));
    const expected = await facesIn(facenet, samples);
    const seen = new Set<string>();
    const lap = Array.from({ length: LAP }, (_, i) => i % samples.length);
    let [requests, wrong] = [0, 0];
    const failures = new Map<string, number>();
    const load = async (bodies: readonly Buffer[], faces: readonly number[], order: readonly number[]): Promise<void> => {
      const left = order.values();
      const work = async () => {
        for (const i of left) {
          requests++;
          try {
            const { id, count } = await post(client, bodies[i] as Buffer);
            if (seen.has(id) || count !== faces[i]) wrong++;
            seen.add(id);
          } catch (error) {
            const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
            failures.set(reason, (failures.get(reason) ?? 0) + 1);
          }
        }
      };
      await Promise.all(Array.from({ length: CLIENTS }, work));
    };
    const streamed = async () => {
      for await (const item of facenet.embed(lap.map((i) => samples[i] as Buffer))) if (!item.ok) throw item.error;
    };
    await load(samples, expected, lap.slice(0, CLIENTS));
    health.reset();
    const laps = await race({ pipeline: streamed, service: () => load(samples, expected, lap) }, { rounds: 3 });
    const probes = await health.read();

    const small = await lfwBodies(data, 500);
    const smallFaces = small.length > 0 ? await facesIn(facenet, small) : [];
    await facenet.dispose(); // the long run measures the server alone
    health.reset();
    const residents = await longRun(server.pid, images, (count) =>
      small.length > 0
        ? load(
            small,
            smallFaces,
            Array.from({ length: count }, (_, i) => i % small.length),
          )
        : load(
            samples,
            expected,
            Array.from({ length: count }, (_, i) => i % samples.length),
          ),
    );
    const longProbes = await health.read();
    for (const [reason, times] of failures) console.error(`serve: ${times} requests failed: ${reason}`);
    return [
      { name: "pipeline, streamed", unit: "photographs/s", value: perSecond(laps("pipeline"), LAP) },
      {
        name: `service, ${CLIENTS} clients`,
        unit: "photographs/s",
        value: perSecond(laps("service"), LAP),
        speed: { times: speedOf(laps("service"), laps("pipeline")), as: "the pipeline" },
        target: { of: "speed", limit: "at least", number: 0.9 },
      },
      {
        name: `/health meanwhile, p99 of ${probes.length}`,
        unit: "ms",
        value: single(quantile(probes, 0.99)),
        target: { of: "value", limit: "at most", number: 50 },
      },
      { name: "/health meanwhile, all", unit: "ms", value: spreadOf(probes) },
      ...residents,
      {
        name: `/health in the long run, p99 of ${longProbes.length}`,
        unit: "ms",
        value: single(quantile(longProbes, 0.99)),
        target: { of: "value", limit: "at most", number: 50 },
      },
      { name: `requests (${small.length > 0 ? "LFW" : "samples"} in the long run)`, unit: "", value: single(requests) },
      {
        name: "answers lost, doubled or of another photograph",
        unit: "",
        value: single(requests - seen.size + wrong),
        target: { of: "value", limit: "at most", number: 0 },
      },
    ];
  } finally {
    await client.close();
    await health.stop();
    await server.stop();
  }
};

/** The server's memory over a number of requests; growth counts from the first quarter. */
async function longRun(pid: number, count: number, load: (count: number) => Promise<void>): Promise<Row[]> {
  const rows: Row[] = [];
  let afterQuarter = 0;
  for (let quarter = 1; quarter <= 4; quarter++) {
    await load(Math.ceil(count / 4));
    const mb = await residentMb(pid);
    if (quarter === 1) afterQuarter = mb;
    rows.push({ name: `resident after ${quarter * Math.ceil(count / 4)} requests`, unit: "MB", value: single(mb) });
  }
  const growth = 100 * ((await residentMb(pid)) / afterQuarter - 1);
  const target = { of: "value", limit: "at most", number: GROWTH } as const;
  return [...rows, { name: "growth after the first quarter", unit: "%", value: single(growth), target }];
}

async function post(client: Pool, body: Buffer): Promise<{ readonly id: string; readonly count: number }> {
  const headers = { "content-type": "image/jpeg" };
  const answer = await client.request({ method: "POST", path: "/v1/embed", body, headers });
  if (answer.statusCode !== 200) throw new Error(`${answer.statusCode} ${await answer.body.text()}`);
  const { photographs } = (await answer.body.json()) as { photographs: { faces: unknown[] }[] };
  return { id: String(answer.headers["x-request-id"]), count: photographs[0]?.faces.length ?? -1 };
}

async function facesIn(facenet: FaceNet, photographs: readonly Buffer[]): Promise<number[]> {
  const counts: number[] = [];
  for await (const item of facenet.embed(photographs)) counts.push(item.ok ? item.value.faces.length : -1);
  return counts;
}

async function lfwBodies(data: string | undefined, count: number): Promise<Buffer[]> {
  const paths = ((await lfwPeople(data)) ?? []).flat();
  const step = Math.max(1, Math.floor(paths.length / count));
  return Promise.all(paths.filter((_, i) => i % step === 0).map((path) => readFile(path)));
}

async function startServer() {
  const folder = await mkdtemp(join(tmpdir(), "facenet-bench-"));
  const args = ["serve", "--port", "0", "--json", "--log-level", "silent", "--gallery", join(folder, "gallery.db")];
  const threads = ["--threads", String(Math.min(8, availableParallelism()))];
  const child = spawn(process.execPath, [main, ...args, ...threads], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
  const stop = async () => {
    child.kill("SIGINT");
    await once(child, "exit");
    await rm(folder, { recursive: true });
  };
  return { url: (JSON.parse(line) as { url: string }).url, pid: child.pid as number, stop };
}

/** Requests /health every 20 ms from a separate thread, so that the clients' work here does not affect it. */
async function startProbe(url: string) {
  const worker = new Worker(new URL("./serve-probe.ts", import.meta.url), { workerData: url });
  const read = async (): Promise<number[]> => {
    worker.postMessage("read");
    return ((await once(worker, "message")) as [number[]])[0];
  };
  return { reset: () => worker.postMessage("reset"), read, stop: () => worker.terminate() };
}

async function residentMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1024;
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}
