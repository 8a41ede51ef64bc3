/**
 * Indexing under failures: killed, on a full disk, next to another process. Used by test/hard-times.test.ts and
 * scripts/hard-times.ts.
 */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import sharp from "sharp";
import { openGalleryStore } from "../../src/gallery/store/open-gallery-store.ts";
import { sampleNames, samplePhotograph } from "../sample-photographs.ts";

const main = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));

/** Distinct small photographs made of the samples, so that many are written in a short time. */
export async function makePhotographs(folder: string, count: number): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (let i = 0; i < count; i++) {
    const name = sampleNames[i % sampleNames.length] as (typeof sampleNames)[number];
    const round = Math.floor(i / sampleNames.length);
    const picture = sharp(samplePhotograph(name)).resize({ width: 640 + round });
    await picture.jpeg({ quality: 85 }).toFile(join(folder, `${i}.jpg`));
  }
}

export type Indexing = { readonly child: ChildProcess; readonly ended: Promise<{ code: number | null; stderr: string }> };

/** The real program as a separate process. */
export function startIndexing(photographs: string, gallery: string, options: readonly string[] = []): Indexing {
  const args = [main, "index", photographs, "--gallery", gallery, "--threads", "1", ...options];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
  let stderr = "";
  child.stderr?.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  return { child, ended: new Promise((resolve) => child.once("close", (code) => resolve({ code, stderr }))) };
}

/** Result of indexing per photograph, without ids that depend on the order; sorted. */
export async function contentOf(gallery: string): Promise<string[]> {
  const store = await openGalleryStore(gallery);
  try {
    const lines: string[] = [];
    for await (const { id, hash, paths } of store.photographs()) {
      const faces = await Array.fromAsync(store.faces({ photograph: id }));
      const found = faces.map(({ box, code }) => `${JSON.stringify(box)} ${Buffer.from(code ?? []).toString("hex")}`).sort();
      lines.push([hash, ...paths, ...found].join("\n"));
    }
    return lines.sort();
  } finally {
    await store.close();
  }
}

/** Differences from a gallery indexed without interruption, which must contain everything in this one. */
export async function faultsOf(gallery: string, whole: readonly string[]): Promise<string[]> {
  const store = await openGalleryStore(gallery);
  const faults = await store.check();
  await store.close();
  const expected = new Set(whole);
  const content = await contentOf(gallery);
  if (new Set(content).size < content.length) faults.push("a photograph is there twice");
  return [
    ...faults,
    ...content.filter((line) => !expected.has(line)).map((line) => `not as it should be: ${line.slice(0, 120)}`),
  ];
}

/**
 * Kills an indexing process: once in five while it starts, otherwise at a random moment after it has added a photograph.
 *
 * @param random numbers from 0 to 1
 * @param latestMs longest wait after a photograph was added; short if indexing all of them takes little longer
 * @returns whether it was killed before it finished
 */
export async function killAtRandom(
  { child, ended }: Indexing,
  gallery: string,
  random: () => number,
  latestMs = 700,
): Promise<boolean> {
  let over = false;
  void ended.then(() => (over = true));
  if (random() < 0.2) await wait(random() * 1500);
  else {
    const before = await photographsIn(gallery);
    while (!over && (await photographsIn(gallery)) === before) await wait(25);
    await wait(random() * latestMs);
  }
  child.kill("SIGKILL");
  return (await ended).code === null;
}

/** Opens, checks and closes, so that only the process to be killed has the gallery open. */
async function photographsIn(gallery: string): Promise<number> {
  if (!existsSync(gallery)) return 0;
  const store = await openGalleryStore(gallery);
  try {
    return (await store.statistics()).photographs;
  } finally {
    await store.close();
  }
}

/** Deterministic numbers from 0 to 1. */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}

const run = promisify(execFile);

/** A small disk in memory. @returns functions to resize and remove it; undefined without permission to mount */
export async function mountSmallDisk(folder: string, kilobytes: number) {
  await mkdir(folder, { recursive: true });
  const sized = (size: number) => `size=${size}k`;
  const mounted = await run("mount", ["-t", "tmpfs", "-o", sized(kilobytes), "tmpfs", folder]).then(
    () => true,
    () => false,
  );
  if (!mounted) return undefined;
  return {
    resize: (size: number) => run("mount", ["-o", `remount,${sized(size)}`, folder]),
    unmount: () => run("umount", [folder]),
  };
}
