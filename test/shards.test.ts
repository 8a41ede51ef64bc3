/** Several concurrent `facenet index --shard` processes on one gallery in PostgreSQL. */
import { spawn } from "node:child_process";
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openGalleryStore } from "../src/gallery/store/open-gallery-store.ts";
import { hasServer, startServer, type TestServer } from "./gallery/postgres-servers.ts";
import { sampleNames, samplePhotograph } from "./sample-photographs.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const main = fileURLToPath(new URL("../src/cli/main.ts", import.meta.url));
const SHARDS = ["1/4", "2/4", "3/4", "4/4"];

let folder: string;
beforeAll(async () => {
  folder = await temporaryFolder("shards");
  const at = (...names: string[]) => join(folder, "photos", ...names);
  await mkdir(at("copies"), { recursive: true });
  for (const name of sampleNames) {
    const small = sharp(samplePhotograph(name)).resize(400);
    await small.clone().toFile(at(`${name}.jpg`));
    for (const copy of ["a", "b"]) await copyFile(at(`${name}.jpg`), at("copies", `${name} ${copy}.jpg`)); // of one content
    for (const width of [300, 350])
      await small
        .clone()
        .resize(width)
        .toFile(at(`${name} ${width}.png`));
  }
  await writeFile(at("letter.jpg"), "Dear reader, this is no photograph.");
});

/** @returns exit code and standard error */
function index(gallery: string, ...options: string[]) {
  const env = { ...process.env, FACENET_GALLERY: gallery }; // no password in the list of processes
  const child = spawn(process.execPath, [main, "index", join(folder, "photos"), "--recursive", "--threads", "1", ...options], {
    env,
    stdio: ["ignore", "ignore", "pipe"],
  });
  const closed = new Promise<number | null>((resolve) => child.once("close", resolve));
  return { child, result: Promise.all([closed, text(child.stderr)]) };
}

/** Content of a gallery without ids, which depend on the order of arrival. */
async function contentOf(gallery: string) {
  const store = await openGalleryStore(gallery);
  try {
    const photographs: unknown[] = [];
    for await (const { id, ...photograph } of store.photographs()) {
      const faces = await Array.fromAsync(store.faces({ photograph: id }));
      photographs.push({
        ...photograph,
        faces: faces.map(({ box, landmarks, quality, code }) => ({ box, landmarks, quality, code })),
      });
    }
    photographs.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
    const failures = (await store.failedFiles()).map(({ path, error }) => [path, error?.code]);
    return { photographs, failures, damage: await store.check(), statistics: await store.statistics() };
  } finally {
    await store.close();
  }
}

describe.skipIf(!hasServer)("four workers and one server", () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.stop());

  it("give the same gallery as one process, also when one is killed and restarted", async () => {
    const one = join(folder, "one.db");
    expect(await index(one).result).toEqual([expect.any(Number), expect.any(String)]);
    const whole = await contentOf(one);
    expect(whole.statistics).toMatchObject({ photographs: 18, files: 31, failedFiles: 1 });

    const workers = SHARDS.map((shard) => index(server.address, "--shard", shard));
    const killed = workers[2]?.child;
    while (killed?.exitCode === null) {
      const [row] = await server.query("SELECT count(*)::int AS n FROM photograph").catch(() => []);
      if (((row?.n as number | undefined) ?? 0) >= 3) killed.kill("SIGKILL");
      await new Promise((resolve) => setTimeout(resolve, 20));
      if (killed.signalCode !== null) break;
    }
    for (const { result } of workers) expect((await result)[1]).not.toMatch(/GALLERY_|Error/);
    await index(server.address, "--shard", "3/4").result;
    expect(await contentOf(server.address)).toEqual(whole);
  }, 300_000);
});
