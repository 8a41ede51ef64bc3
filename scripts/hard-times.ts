/**
 * Tests a gallery under interruptions: indexing killed with SIGKILL at random moments 50 times, the same next to a second writing
 * process, and on full disks. After each, the gallery must pass its check and contain nothing that an uninterrupted run would
 * not; at the end both must be equal.
 *
 *   node scripts/hard-times.ts [--kills 50] [--photographs 120] [--seed 1] [--only killed,besideAnotherWriter,fullDisk]
 *     [--json bench/results/hard-times-HARDWARE.json]
 *
 * The part with the full disk mounts a tmpfs, which requires root. `test/hard-times.test.ts` is the short version.
 */
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { describeMachine } from "../bench/machine.ts";
import {
  contentOf,
  faultsOf,
  killAtRandom,
  makePhotographs,
  mountSmallDisk,
  randomNumbers,
  startIndexing,
} from "../test/gallery/hard-times.ts";

/** Successive disk sizes, kilobytes. */
const DISKS = [200, 400, 800, 1600];
const ROOMY = 200_000;

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "50" },
    photographs: { type: "string", default: "120" },
    seed: { type: "string", default: "1" },
    only: { type: "string" },
    json: { type: "string" },
  },
});
const wanted = Number(values.kills);
const random = randomNumbers(Number(values.seed));

const folder = await mkdtemp(join(tmpdir(), "facenet-hard-times-"));
const photographs = join(folder, "photographs");
await makePhotographs(photographs, Number(values.photographs));
await requireDone(join(folder, "whole.db"));
const whole = await contentOf(join(folder, "whole.db"));
console.log(`${whole.length} photographs, uninterrupted`);
const parts = {
  killed: () => killedAgainAndAgain(false),
  besideAnotherWriter: () => killedAgainAndAgain(true),
  fullDisk: fullDisks,
};
const results: Record<string, unknown> = values.json ? await earlier(values.json) : {};
results.machine = await describeMachine();
for (const [name, part] of Object.entries(parts)) {
  if (values.only && !values.only.split(",").includes(name)) continue;
  results[name] = { measured: new Date().toISOString().slice(0, 10), photographs: whole.length, ...(await part()) };
  if (values.json) await writeFile(values.json, `${JSON.stringify(results, undefined, 2)}\n`);
}
console.log(JSON.stringify(results, undefined, 2));
await rm(folder, { recursive: true });

/** Keeps earlier measurements of parts that are not run. */
async function earlier(file: string): Promise<Record<string, unknown>> {
  return existsSync(file) ? JSON.parse(await readFile(file, "utf8")) : {};
}

/** Restarts with a new gallery if one is finished before it was killed often enough. */
async function killedAgainAndAgain(beside: boolean) {
  const counts = { kills: 0, checks: 0, faults: 0, galleries: 0 };
  while (counts.kills < wanted) {
    const gallery = join(folder, `killed-${beside}-${counts.galleries++}.db`);
    for (let finished = false; counts.kills < wanted && !finished; ) {
      const other = beside ? startIndexing(photographs, gallery) : undefined;
      const killed = await killAtRandom(startIndexing(photographs, gallery), gallery, random);
      if (other && (await killAtRandom(other, gallery, random))) counts.kills++;
      if (killed) counts.kills++;
      finished = !killed;
      counts.faults += complain(await faultsOf(gallery, whole));
      counts.checks++;
      const share = `${(await contentOf(gallery)).length} of ${whole.length} photographs`;
      console.log(`${beside ? "two writers" : "one writer"}: killed ${counts.kills} times, ${share}, ${counts.faults} faults`);
    }
    await requireDone(gallery);
    counts.faults += complain(await differencesOf(gallery));
  }
  return counts;
}

async function fullDisks() {
  const disk = join(folder, "disk");
  const small = await mountSmallDisk(disk, DISKS[0] as number);
  if (!small) return { notTried: "may not mount a tmpfs" };
  const counts = { stops: 0, checks: 0, faults: 0 };
  try {
    const gallery = join(disk, "gallery.db");
    for (const size of DISKS) {
      await small.resize(size);
      const { code, stderr } = await startIndexing(photographs, gallery).ended;
      console.log(`disk of ${size} kB: exit code ${code}: ${stderr.trim()}`);
      if (code === 7) counts.stops++;
      await small.resize(ROOMY);
      counts.faults += complain(await faultsOf(gallery, whole));
      counts.checks++;
    }
    await requireDone(gallery);
    counts.faults += complain(await differencesOf(gallery));
  } finally {
    await small.unmount();
  }
  return counts;
}

async function differencesOf(gallery: string): Promise<string[]> {
  const content = await contentOf(gallery);
  return JSON.stringify(content) === JSON.stringify(whole) ? [] : [`${gallery}: not the same as uninterrupted`];
}

async function requireDone(gallery: string): Promise<void> {
  const { code, stderr } = await startIndexing(photographs, gallery).ended;
  if (code !== 0) throw new Error(`indexing ended with ${code}: ${stderr}`);
}

function complain(faults: readonly string[]): number {
  for (const fault of faults) console.error(`FAULT ${fault}`);
  return faults.length;
}
