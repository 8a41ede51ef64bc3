/**
 * A training step of nn4-small, batch 32 at 96 x 96, forward, backward and AdaGrad, compared with PyTorch on the same layers,
 * step by step in turns. Besides images per second it reports the processor time of a step on one thread, which is steadier on a
 * shared machine. Debian's python3-torch works; PYTHON names another interpreter.
 */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { initialParameters, planNetwork } from "../src/engine/graph/network.ts";
import { seededRandom } from "../src/metric/seeded-random.ts";
import { findNetwork } from "../src/models/networks/registry.ts";
import { NetworkTrainer } from "../src/training/network-trainer.ts";
import { type Bench, perSecond, type Row, speedOf, spreadOf } from "./measure.ts";

const BATCH = 32;
const ROUNDS = 12;
const WARM_UPS = 2;
const TARGET_TIMES = 0.6;

type Lap = { readonly wallMs: number; readonly cpuMs: number };
type Contestant = { readonly step: () => Promise<Lap>; readonly end: () => Promise<void> };

export const trainingStep: Bench = async () => {
  const python = process.env.PYTHON ?? "/usr/bin/python3";
  try {
    await promisify(execFile)(python, ["-c", "import torch"]);
  } catch {
    return { skipped: `${python} has no torch. Install Debian's python3-torch, or name an interpreter that has it in PYTHON.` };
  }
  return [...(await rowsWith(2, python)), ...(await rowsWith(1, python))];
};

async function rowsWith(threads: number, python: string): Promise<Row[]> {
  const contestants = [await startFacenet(threads), await startPytorch(python, threads)];
  const laps: [Lap[], Lap[]] = [[], []];
  for (let round = -WARM_UPS; round < ROUNDS; round++)
    for (const turn of round % 2 === 0 ? [0, 1] : [1, 0]) {
      const lap = await (contestants[turn] as Contestant).step();
      if (round >= 0) (laps[turn] as Lap[]).push(lap);
    }
  for (const { end } of contestants) await end();
  const [ours, theirs] = laps;
  const wall = (all: Lap[]) => all.map(({ wallMs }) => wallMs);
  const cpu = (all: Lap[]) => all.map(({ cpuMs }) => cpuMs);
  const label = threads === 1 ? "1 thread" : `${threads} threads`;
  const target = { target: { of: "speed", limit: "at least", number: TARGET_TIMES } } as const;
  const rows: Row[] = [
    { name: `PyTorch, ${label}`, unit: "images/s", value: perSecond(wall(theirs), BATCH) },
    {
      name: `facenet, ${label}`,
      unit: "images/s",
      value: perSecond(wall(ours), BATCH),
      speed: { times: speedOf(wall(ours), wall(theirs)), as: "PyTorch" },
      ...target,
    },
  ];
  if (threads > 1) return rows; // waiting threads spin, so processor time is meaningless
  return [
    ...rows,
    { name: `PyTorch, ${label}, processor time`, unit: "ms a step", value: spreadOf(cpu(theirs)) },
    {
      name: `facenet, ${label}, processor time`,
      unit: "ms a step",
      value: spreadOf(cpu(ours)),
      speed: { times: speedOf(cpu(ours), cpu(theirs)), as: "PyTorch" },
      ...target,
    },
  ];
}

async function startFacenet(threads: number): Promise<Contestant> {
  const plan = planNetwork(findNetwork("nn4-small"));
  const random = seededRandom(1);
  const trainer = NetworkTrainer.create(plan, initialParameters(plan, random), { optimiser: { kind: "adagrad" }, threads });
  const uniform = (count: number, scale: number) => Float32Array.from({ length: count }, () => (random() * 2 - 1) * scale);
  const images = { data: uniform(BATCH * 3 * 96 * 96, 1), dims: [BATCH, 3, 96, 96] };
  const gradient = { data: uniform(BATCH * plan.dimensions, 1 / BATCH), dims: [BATCH, plan.dimensions] };
  return {
    async step() {
      const [start, cpu] = [performance.now(), process.cpuUsage()];
      await trainer.accumulate(images, gradient);
      await trainer.step(0.05);
      const { user, system } = process.cpuUsage(cpu);
      return { wallMs: performance.now() - start, cpuMs: (user + system) / 1000 };
    },
    end: () => trainer.dispose(),
  };
}

async function startPytorch(python: string, threads: number): Promise<Contestant> {
  const script = fileURLToPath(new URL("./peers/nn4-small.py", import.meta.url));
  const child = spawn(python, [script, String(threads), String(BATCH)], { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error("bench/peers/nn4-small.py ended early");
    return JSON.parse(value) as Record<string, unknown>;
  };
  await answer(); // it is loaded
  return {
    async step() {
      child.stdin.write("step\n");
      return (await answer()) as Lap;
    },
    async end() {
      const closed = once(child, "close");
      child.stdin.end();
      await closed;
    },
  };
}
