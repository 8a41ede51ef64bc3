/**
 * Photographs streamed through all workers, compared with decoding and the networks alone on all cores: the rest is sampling,
 * post-processing, messages and waiting. The same two parts are timed inside one pipeline per core, all running at once.
 */
import { once } from "node:events";
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { FaceNet } from "../src/faces/facenet.ts";
import { type Bench, msEach, type Row, race, single } from "./measure.ts";
import { samplePaths } from "./samples.ts";
import type { Parts } from "./streamed-thread.ts";

const TARGET_PERCENT = 90;
/** Repetitions of the samples in a lap, so that the end of the stream has little weight. */
const PASSES = 4;

export const streamed: Bench = async () => {
  const cores = availableParallelism();
  const facenet = await FaceNet.load();
  const paths = Array.from({ length: PASSES }, () => samplePaths).flat();
  const threads = await Promise.all(Array.from({ length: cores }, startThread));
  const parts: Parts[] = [];
  const ours = `facenet, streamed, ${cores} workers`;
  const inside = `decoding and networks, ${cores} pipelines`;
  const lapsOf = await race(
    {
      [ours]: async () => {
        for await (const item of facenet.embed(paths)) if (!item.ok) throw item.error;
      },
      [inside]: async () => {
        parts.push(...(await Promise.all(threads.map((thread) => thread.run()))));
      },
    },
    { rounds: 7 },
  );
  await facenet.dispose();
  for (const { end } of threads) end();
  const measured = parts.slice(cores); // without the warm-up
  const each = (of: (part: Parts) => number): number =>
    measured.reduce((sum, part) => sum + of(part), 0) / measured.length / samplePaths.length;
  const bare = (each(({ decodeMs }) => decodeMs) + each(({ networkMs }) => networkMs)) / cores;
  const whole = msEach(lapsOf(ours), paths.length);
  const row = (name: string, unit: string, value: Row["value"]): Row => ({ name, unit, value });
  return [
    row(ours, "ms a photograph", whole),
    row("decoding, one core", "ms a photograph", single(each(({ decodeMs }) => decodeMs))),
    row("networks, one core", "ms a photograph", single(each(({ networkMs }) => networkMs))),
    row("the rest of a pipeline, one core", "ms a photograph", single(each((p) => p.totalMs - p.decodeMs - p.networkMs))),
    {
      ...row("decoding and networks on all cores, share of streamed", "%", single((100 * bare) / whole.median)),
      target: { of: "value", limit: "at least", number: TARGET_PERCENT },
    },
  ];
};

async function startThread() {
  const worker = new Worker(new URL("./streamed-thread.ts", import.meta.url), { workerData: samplePaths, execArgv: [] });
  await once(worker, "message");
  return {
    run: async (): Promise<Parts> => {
      worker.postMessage("run");
      const [parts] = await once(worker, "message");
      return parts as Parts;
    },
    end: () => worker.postMessage("end"),
  };
}
