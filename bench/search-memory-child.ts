/** Child process of search.ts (with --expose-gc): prints the growth of the resident set by a full index. */
import { CodeSearch } from "../src/search/code-search.ts";
import { createRandomCodes } from "./random-codes.ts";

const faces = Number(process.argv[2]);
if (!(faces > 0)) throw new Error("usage: node --expose-gc bench/search-memory-child.ts FACES");

const DIMENSIONS = 128;
const BATCH = 10_000;
const randomCodes = createRandomCodes(DIMENSIONS);
const codes = randomCodes(BATCH);
const probes = Array.from({ length: 16 }, (_, i) => codes.slice(i * DIMENSIONS, (i + 1) * DIMENSIONS));
const ids = new Float64Array(BATCH);

/** Loads the runtime and compiles the functions. */
const warmUp = await fill(20_000);
await warmUp.dispose();
const before = resident();
const index = await fill(faces);
const filled = resident();
for (let i = 0; i < 20; i++) await index.search(i % 2 === 0 ? probes : probes.slice(0, 1), { k: 10 });
const searched = resident();
console.log(JSON.stringify({ filled: filled - before, searched: searched - before }));
await index.dispose();

async function fill(count: number): Promise<CodeSearch> {
  const filling = await CodeSearch.create({ dimensions: DIMENSIONS });
  for (let first = 0; first < count; first += BATCH) {
    for (let i = 0; i < BATCH; i++) ids[i] = first + i;
    for (let i = 0; i < codes.length; i += 97) codes[i] = (codes[i] as number) ^ 1; // other codes, quickly
    filling.add(ids, codes);
    if (first === 0) await filling.search(probes, { k: 10 });
  }
  return filling;
}

function resident(): number {
  globalThis.gc?.();
  return process.memoryUsage.rss();
}
