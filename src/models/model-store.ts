/**
 * Locates a model by id or path, and reads its files with checksum verification.
 * A model is a manifest with .onnx files beside it.
 */
import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type * as z from "zod";
import { FaceNetError, reasonOf } from "../errors.ts";
import { fileExists } from "../files/whole-file.ts";
import { brokenRule, ruleOf } from "../schemas/broken-rule.ts";
import {
  type DetectionManifest,
  type EmbeddingManifest,
  ModelCatalogue,
  type ModelFile,
  ModelManifest,
} from "../schemas/model-manifest.ts";

type Task = ModelManifest["task"];
type ManifestOf<T extends Task> = T extends "embedding" ? EmbeddingManifest : DetectionManifest;

/** A manifest, its file (for shipped models the catalogue), and the folder of the model's files. */
export type LocatedModel<M extends ModelManifest = ModelManifest> = {
  readonly manifest: M;
  readonly manifestFile: string;
  readonly directory: string;
};

/** Folder of the shipped models: beside src/ in a checkout, beside dist/ in the package. */
export const shippedModels: string = fileURLToPath(new URL("../../models", import.meta.url));

/**
 * Shipped models, with preprocessing, thresholds, accuracy and licence.
 *
 * @throws FaceNetError MODEL_MANIFEST_MISSING, MODEL_MANIFEST_INVALID
 * @example
 * import { readCatalogue } from "facenet128";
 * const { models } = await readCatalogue();
 * console.log(models.some(({ id }) => id === "sface.opencv-128")); // true
 */
export async function readCatalogue(directory: string = shippedModels): Promise<ModelCatalogue> {
  const file = join(directory, "manifest.json");
  return parseManifest("(shipped)", file, await readManifest("(shipped)", file), ModelCatalogue);
}

/**
 * Locates a model by id, or by path: an .onnx file with `NAME.json` or `manifest.json` beside it, or a folder
 * with a `manifest.json`. Without a name, returns the default for the task.
 *
 * @throws FaceNetError MODEL_NOT_FOUND, MODEL_MANIFEST_MISSING, MODEL_MANIFEST_INVALID, MODEL_WRONG_TASK
 */
export async function locateModel<T extends Task>(
  task: T,
  name?: string,
  directory: string = shippedModels,
): Promise<LocatedModel<ManifestOf<T>>> {
  const found = name !== undefined && isPath(name) ? await locateByPath(name) : await locateById(task, name, directory);
  const { manifest } = found;
  if (manifest.task !== task)
    throw new FaceNetError("MODEL_WRONG_TASK", { model: manifest.id, actual: manifest.task, expected: task });
  return found as LocatedModel<ManifestOf<T>>;
}

/**
 * Bytes of one of a model's files.
 *
 * @throws FaceNetError MODEL_FILE_MISSING; MODEL_DAMAGED if the checksum differs from the manifest's
 */
export async function readModelFile(
  { manifest, directory }: Pick<LocatedModel, "manifest" | "directory">,
  { file, sha256 }: ModelFile,
): Promise<Uint8Array> {
  const path = join(directory, file);
  const bytes = await readFile(path).catch((error: unknown) => {
    throw new FaceNetError("MODEL_FILE_MISSING", { model: manifest.id, file: path }, error);
  });
  const actual = createHash("sha256").update(bytes).digest("hex");
  if (actual !== sha256) throw new FaceNetError("MODEL_DAMAGED", { model: manifest.id, file: path, actual, expected: sha256 });
  return bytes;
}

const isPath = (name: string): boolean => name.endsWith(".onnx") || name.includes("/") || name.includes("\\");

async function locateById(task: Task, name: string | undefined, directory: string): Promise<LocatedModel> {
  const { models, defaults } = await readCatalogue(directory);
  const id = name ?? defaults[task];
  const manifest = models.find((model) => model.id === id);
  if (manifest) return { manifest, manifestFile: join(directory, "manifest.json"), directory };
  if (name !== undefined && (await fileExists(join(name, "manifest.json")))) return locateByPath(name);
  const known = models.filter((model) => model.task === task).map((model) => model.id);
  throw new FaceNetError("MODEL_NOT_FOUND", { model: id, known: known.join(", ") });
}

async function locateByPath(path: string): Promise<LocatedModel> {
  const info = await stat(path).catch((error: unknown) => {
    throw new FaceNetError("MODEL_FILE_MISSING", { model: path, file: path }, error);
  });
  const directory = info.isDirectory() ? path : dirname(path);
  const own = info.isDirectory() ? undefined : path.replace(/\.onnx$/, ".json");
  const file = own && (await fileExists(own)) ? own : join(directory, "manifest.json");
  const manifest = parseManifest(path, file, await readManifest(path, file), ModelManifest);
  if (!info.isDirectory() && manifest.task === "embedding" && manifest.model.file !== basename(path)) {
    const reason = `it describes ${manifest.model.file}, not ${basename(path)}`;
    throw new FaceNetError("MODEL_MANIFEST_INVALID", { model: path, file, reason });
  }
  return { manifest, manifestFile: file, directory };
}

async function readManifest(model: string, file: string): Promise<string> {
  return readFile(file, "utf8").catch((error: unknown) => {
    throw new FaceNetError("MODEL_MANIFEST_MISSING", { model, file }, error);
  });
}

function parseManifest<S extends z.ZodType>(model: string, file: string, text: string, schema: S): z.output<S> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new FaceNetError("MODEL_MANIFEST_INVALID", { model, file, reason: brokenRule(error) ?? reasonOf(error) }, error);
  }
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  const reason = result.error.issues.map((issue) => `${issue.path.join(".") || "(whole)"}: ${ruleOf(issue)}`).join("; ");
  throw new FaceNetError("MODEL_MANIFEST_INVALID", { model, file, reason });
}
