/**
 * Runs benches and prints their tables.
 *
 *     npm run bench -- [NAME...] [--json FILE] [--images N]
 *
 * Without names, all benchmarks run. `--json` adds the measurements to FILE (those of benchmarks not run are kept); results worth
 * keeping are committed as bench/results/HARDWARE.json. Benchmarks on real photographs require FACENET_DATA, a folder with
 * lfw/images, and are skipped without it.
 */
import { readFile, writeFile } from "node:fs/promises";
import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import { detection } from "./detection.ts";
import { embedding } from "./embedding.ts";
import { evaluation } from "./evaluation.ts";
import { firstCall } from "./first-call.ts";
import { formatMachine, formatTable } from "./format.ts";
import { hnswIndex } from "./hnsw-index.ts";
import { holdOut } from "./hold-out.ts";
import { indexing } from "./indexing.ts";
import { largePhotographs } from "./large-photographs.ts";
import { codesLoading } from "./load-codes.ts";
import { lookUp } from "./look-up.ts";
import { describeMachine, type Machine } from "./machine.ts";
import type { Bench, Row } from "./measure.ts";
import { memory } from "./memory.ts";
import { recall } from "./recall.ts";
import { search } from "./search.ts";
import { serve } from "./serve.ts";
import { streamed } from "./streamed.ts";
import { trainingStep } from "./training-step.ts";
import { versusFaceApi } from "./versus-face-api.ts";
import { versusPython } from "./versus-python.ts";

const benches: Readonly<Record<string, Bench>> = {
  memory, // first, because memory left by others would count
  embedding,
  streamed,
  detection,
  "first-call": firstCall,
  "large-photographs": largePhotographs,
  "versus-face-api": versusFaceApi,
  "versus-python": versusPython,
  recall,
  search,
  serve,
  "hold-out": holdOut,
  evaluation,
  "training-step": trainingStep,
  "load-codes": codesLoading,
  "look-up": lookUp,
  "hnsw-index": hnswIndex,
  indexing,
};

type Measured = {
  readonly measured: string;
  /** Load average at the start; above about 0.5, other work was running. */
  readonly loadBefore: number;
  readonly rows: readonly Row[];
};
type Results = { machine: Machine; benches: Record<string, Measured> };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: "string" }, images: { type: "string", default: "2000" } },
});
const unknown = positionals.filter((name) => !(name in benches));
const images = Number(values.images);
if (unknown.length > 0) fail(`no bench ${unknown.join(", ")}; there are ${Object.keys(benches).join(", ")}`);
else if (!Number.isInteger(images) || images < 4) fail(`--images must be a whole number of 4 or more, got ${values.images}`);
else await main(positionals.length > 0 ? positionals : Object.keys(benches));

async function main(names: readonly string[]): Promise<void> {
  const machine = await describeMachine();
  console.log(formatMachine(machine));
  const results: Results = { machine, benches: values.json ? await earlier(values.json) : {} };
  for (const name of names) {
    const loadBefore = loadavg()[0] ?? Number.NaN;
    console.log(`\n${name} (load before: ${loadBefore.toFixed(1)})`);
    const rows = await (benches[name] as Bench)({ data: process.env.FACENET_DATA, images });
    if ("skipped" in rows) {
      console.log(`skipped: ${rows.skipped}`);
      continue;
    }
    console.log(formatTable(rows));
    results.benches[name] = { measured: new Date().toISOString().slice(0, 10), loadBefore, rows };
    if (values.json) await writeFile(values.json, `${JSON.stringify(results, rounded, 2)}\n`);
  }
}

async function earlier(file: string): Promise<Results["benches"]> {
  const text = await readFile(file, "utf8").catch(() => undefined);
  return text === undefined ? {} : (JSON.parse(text) as Results).benches;
}

function rounded(_: string, value: unknown): unknown {
  return typeof value === "number" ? Number(value.toPrecision(4)) : value;
}

function fail(message: string): void {
  console.error(`bench: ${message}`);
  process.exitCode = 2;
}
