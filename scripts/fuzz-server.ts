/**
 * Sends random requests to all paths of the HTTP service.
 *
 *     node scripts/fuzz-server.ts [RUNS] [SEED]
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fuzzServer } from "../test/server/fuzz-server.ts";

const [runs = 20_000, seed = 1] = process.argv.slice(2).map(Number);
const folder = await mkdtemp(join(tmpdir(), "facenet-fuzz-"));
const { statuses, failures } = await fuzzServer({ folder, runs, seed });
await rm(folder, { recursive: true, force: true });
console.log(`${runs} requests, seed ${seed}:`);
for (const [status, count] of Object.entries(statuses)) console.log(`  ${status}  ${count}`);
for (const failure of failures) console.error(failure);
process.exitCode = failures.length > 0 ? 1 : 0;
