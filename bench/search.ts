/**
 * Exact search for the ten nearest of 1,000,000 faces, compared with a naive loop and with float MatMul and TopK. And the k-NN
 * graph of 20,000 faces.
 */
import { execFile } from "node:child_process";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { attribute, DataType, int64Tensor, valueInfo, writeModel } from "../src/engine/graph/onnx-model.ts";
import { CodeSearch } from "../src/search/code-search.ts";
import { knnGraph } from "../src/search/knn-graph.ts";
import { distanceOf } from "../src/search/select-rows.ts";
import { NearestK } from "../src/search/selection.ts";
import { type Bench, type Laps, msEach, type Row, race, single, speedOf } from "./measure.ts";
import { createRandomCodes } from "./random-codes.ts";

const FACES = 1_000_000;
const GRAPH_FACES = 20_000;
const DIMENSIONS = 128;
const BATCH = 16;
const K = 10;
const TARGETS = { oneMs: 40, batchMs: 6, memory: 1.3 } as const;

export const search: Bench = async () => {
  const randomCodes = createRandomCodes(DIMENSIONS);
  const codes = randomCodes(FACES);
  const probes = Array.from({ length: BATCH }, () => randomCodes(1));
  const one = probes.slice(0, 1);
  const ids = Float64Array.from({ length: FACES }, (_, id) => id);
  const index = await CodeSearch.create({ dimensions: DIMENSIONS });
  index.add(ids, codes);
  const floats = await floatSearch(codes);
  const even = new Set(ids.filter((id) => id % 2 === 0));
  const lapsOf = await race(
    {
      one: () => index.search(one, { k: K }),
      many: () => index.search(probes, { k: K }),
      half: () => index.search(one, { k: K, where: even }),
      within: () => index.within(one, { distance: 1.2 }),
      loop: async () => plainSearch(codes, one[0] as Int8Array),
      floatOne: () => floats.run(one),
      floatMany: () => floats.run(probes),
    },
    { warmUps: 3, rounds: 15 },
  );
  await Promise.all([index.dispose(), floats.release()]);
  return [
    row("one probe", lapsOf("one"), 1, TARGETS.oneMs),
    row(`${BATCH} probes`, lapsOf("many"), BATCH, TARGETS.batchMs),
    row("one probe, filtered to half", lapsOf("half"), 1),
    row("one probe, all within 1.2", lapsOf("within"), 1),
    versus("plain loop, one probe", lapsOf("loop"), lapsOf("one"), 1),
    versus("float MatMul and TopK, one probe", lapsOf("floatOne"), lapsOf("one"), 1),
    versus(`float MatMul and TopK, ${BATCH} probes`, lapsOf("floatMany"), lapsOf("many"), BATCH),
    ...(await memoryRows()),
    await graphRow(randomCodes(GRAPH_FACES)),
  ];
};

function row(name: string, laps: Laps, probes: number, limit?: number): Row {
  const plain: Row = { name, unit: "ms a probe", value: msEach(laps, probes) };
  return limit === undefined ? plain : { ...plain, target: { of: "value", limit: "at most", number: limit } };
}

/** An alternative, and its speed relative to ours. */
function versus(name: string, laps: Laps, ours: Laps, probes: number): Row {
  return { ...row(name, laps, probes), speed: { times: speedOf(laps, ours), as: "ours" } };
}

/** Naive search: every face in turn, keeping the ten nearest. */
function plainSearch(codes: Int8Array, probe: Int8Array): unknown {
  const nearest = new NearestK(K);
  const squares = probe.reduce((sum, value) => sum + value * value, 0);
  for (let id = 0, at = 0; id < FACES; id++, at += DIMENSIONS) {
    let dot = 0;
    let own = 0;
    for (let i = 0; i < DIMENSIONS; i++) {
      const value = codes[at + i] as number;
      dot += value * (probe[i] as number);
      own += value * value;
    }
    const distance = distanceOf(dot, own, squares);
    if (distance <= nearest.limit) nearest.offer(id, distance);
  }
  return nearest.sorted();
}

/** Float vectors, four times the memory, searched by one network. */
async function floatSearch(codes: Int8Array) {
  const session = await InferenceSession.create(topKModel(), {
    intraOpNumThreads: availableParallelism(),
    logSeverityLevel: 3,
  });
  const faces = new Tensor("float32", directions(codes), [FACES, DIMENSIONS]);
  const run = (probes: readonly Int8Array[]): Promise<unknown> => {
    const columns = new Float32Array(DIMENSIONS * probes.length);
    for (const [p, probe] of probes.entries())
      for (const [i, value] of directions(probe).entries()) columns[i * probes.length + p] = value;
    return session.run({ faces, probes: new Tensor("float32", columns, [DIMENSIONS, probes.length]) });
  };
  return { run, release: () => session.release() };
}

function topKModel(): Uint8Array {
  const node = (opType: string, input: string[], output: string[], axis?: number) => ({
    name: opType,
    opType,
    input,
    output,
    attribute: axis === undefined ? [] : [attribute("axis", axis)],
  });
  return writeModel({
    irVersion: 8,
    producerName: "facenet",
    opsetImport: [{ domain: "", version: 13 }],
    graph: {
      name: "network",
      node: [node("MatMul", ["faces", "probes"], ["cosines"]), node("TopK", ["cosines", "k"], ["nearest", "rows"], 0)],
      initializer: [int64Tensor("k", [K])],
      input: [valueInfo("faces", ["faces", DIMENSIONS]), valueInfo("probes", [DIMENSIONS, "probes"])],
      output: [valueInfo("nearest", [K, "probes"]), valueInfo("rows", [K, "probes"], DataType.int64)],
    },
  });
}

function directions(codes: Int8Array): Float32Array {
  const vectors = new Float32Array(codes.length);
  for (let start = 0; start < codes.length; start += DIMENSIONS) {
    let squares = 0;
    for (let i = start; i < start + DIMENSIONS; i++) squares += (codes[i] as number) ** 2;
    for (let i = start; i < start + DIMENSIONS; i++) vectors[i] = (codes[i] as number) / Math.sqrt(squares);
  }
  return vectors;
}

async function memoryRows(): Promise<Row[]> {
  const child = fileURLToPath(new URL("./search-memory-child.ts", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ["--expose-gc", child, String(FACES)]);
  const { filled, searched } = JSON.parse(stdout) as { filled: number; searched: number };
  const memory = (name: string, bytes: number): Row => ({
    name: `resident memory, ${name}`,
    unit: "times the codes",
    value: single(bytes / (FACES * DIMENSIONS)),
  });
  return [
    memory("filled", filled),
    { ...memory("after searches", searched), target: { of: "value", limit: "at most", number: TARGETS.memory } },
  ];
}

async function graphRow(codes: Int8Array): Promise<Row> {
  const start = performance.now();
  await knnGraph(codes, { dimensions: DIMENSIONS, k: 32 });
  const seconds = (performance.now() - start) / 1000;
  return { name: `graph of ${GRAPH_FACES} faces, 32 neighbours each`, unit: "s", value: single(seconds) };
}
