/**
 * Builds an archive that runs on a machine without network, registry and Node: this Node, the built package with its dependencies
 * for this platform, the models and the recipes.
 *
 *     npm run bundle                       # out/facenet-linux-x64.tar.xz
 *     npm run bundle -- --without-models   # for a machine that gets its models separately
 *
 * Usage: `tar -xf facenet-linux-x64.tar.xz && facenet-linux-x64/facenet demo photo.jpg`.
 */
import { execFileSync } from "node:child_process";
import { chmod, cp, mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { parseArgs } from "node:util";

const { values } = parseArgs({ options: { "without-models": { type: "boolean", default: false } } });
const { platform, arch } = process;
const root = join(import.meta.dirname, "..");
const name = `facenet-${platform}-${arch}`;
const stage = join(root, "out", name);
const archive = join(root, "out", `${name}${values["without-models"] ? "-without-models" : ""}.tar.xz`);

/** Files of dependencies that are not needed at run time. Licences are kept. */
const useless =
  /\.(map|d\.ts|d\.cts|d\.mts|flow|tsbuildinfo)$|(^|\/)(README|CHANGELOG|HISTORY)[^/]*$|\/(test|tests|__tests__|docs|examples|benchmark)$/i;

await rm(stage, { recursive: true, force: true });
await mkdir(join(stage, "runtime"), { recursive: true });
await cp(process.execPath, join(stage, "runtime", "node"));
strip(join(stage, "runtime", "node"));
for (const part of [
  "bin",
  "dist",
  "docs",
  "package.json",
  "LICENSE",
  "README.md",
  ...(values["without-models"] ? [] : ["models"]),
])
  await cp(join(root, part), join(stage, part), {
    recursive: true,
    filter: (path) => !/\.d\.ts$|\/(images|decisions)$/.test(path),
  });
execFileSync(process.execPath, [
  join(root, "scripts/build-engine.ts"),
  "--output",
  join(stage, "engine"),
  "--platform",
  `${platform}-${arch}`,
  "--no-wasm",
]);
await copyDependencies();
await copyRecipes();
await writeFile(join(stage, "facenet"), launcher("bin/facenet.js"));
await writeFile(join(stage, "node"), launcher());
for (const script of ["facenet", "node"]) await chmod(join(stage, script), 0o755);

await rm(archive, { force: true });
execFileSync("tar", ["--create", "--xz", "--file", archive, "--directory", dirname(stage), "--owner=0", "--group=0", name], {
  env: { ...process.env, XZ_OPT: "-6" },
});
const megabytes = ({ size }: { size: number }): string => (size / 1e6).toFixed(1);
console.log(`${relative(process.cwd(), archive)}: ${megabytes(await stat(archive))} MB`);
for (const part of await readdir(stage))
  console.log(`  ${part}: ${megabytes({ size: await sizeOf(join(stage, part)) })} MB unpacked`);

/** Production dependencies, with native parts for this platform only. */
async function copyDependencies(): Promise<void> {
  const listed = execFileSync("npm", ["ls", "--omit=dev", "--all", "--parseable"], { cwd: root, encoding: "utf8" })
    .trim()
    .split("\n");
  for (const folder of listed.slice(1)) {
    const within = relative(root, folder);
    if (!within.startsWith("node_modules") || isOfAnotherPlatform(within)) continue;
    const filter = (path: string): boolean => {
      const own = relative(folder, path);
      if (own.startsWith("node_modules")) return false; // listed separately
      return !useless.test(own);
    };
    await cp(folder, join(stage, within), { recursive: true, filter });
  }
}

/** sharp's naming of native parts: @img/sharp-linux-x64. */
function isOfAnotherPlatform(folder: string): boolean {
  return /@img\/sharp-/.test(folder) && !basename(folder).endsWith(`-${platform}-${arch}`);
}

/** Recipes run on the built package. */
async function copyRecipes(): Promise<void> {
  await mkdir(join(stage, "recipes", "results"), { recursive: true });
  for (const file of (await readdir(join(root, "recipes"))).filter((each) => each.endsWith(".ts"))) {
    const text = await readFile(join(root, "recipes", file), "utf8");
    await writeFile(join(stage, "recipes", file), text.replaceAll(/"\.\.\/src\/(.+?)\.ts"/g, '"../dist/$1.js"'));
  }
}

function launcher(script?: string): string {
  const run = script === undefined ? '"$here/runtime/node"' : `"$here/runtime/node" "$here/${script}"`;
  return `#!/bin/sh\nhere=$(dirname "$(readlink -f "$0")")\nexec ${run} "$@"\n`;
}

/** Strips symbols, a fifth of the file, if the tool is installed. */
function strip(file: string): void {
  try {
    execFileSync("strip", [file], { stdio: "ignore" });
  } catch {
    console.log("strip is not installed: the archive will be larger");
  }
}

async function sizeOf(path: string): Promise<number> {
  const info = await stat(path);
  if (!info.isDirectory()) return info.size;
  const sizes = await Promise.all((await readdir(path)).map((each) => sizeOf(join(path, each))));
  return sizes.reduce((sum, size) => sum + size, 0);
}
