/** Trains a network for a measurement; several runs share face crops and teacher's embeddings, and an interrupted run is resumed. */
import { existsSync } from "node:fs";
import { copyFile, mkdir, symlink } from "node:fs/promises";
import { join, resolve } from "node:path";
import type * as z from "zod";
import { ProgressLine } from "../src/cli/progress-line.ts";
import { createContext } from "../src/operations/context.ts";
import { train } from "../src/operations/train.ts";

export type TrainSettings = Partial<z.input<typeof train.input>>;

const line = new ProgressLine(process.stderr);

/** @param faces folder of face crops @param output folder of the run */
export async function trainOnce(faces: string, output: string, settings: TrainSettings): Promise<z.output<typeof train.output>> {
  for (const folder of [faces, output]) await mkdir(folder, { recursive: true });
  if (!existsSync(join(output, "faces"))) await symlink(resolve(faces), join(output, "faces"));
  const [shared, own] = [`${resolve(faces)}-by-teacher.safetensors`, join(output, "reference.safetensors")];
  if (settings.teacher !== undefined && existsSync(shared) && !existsSync(own)) await copyFile(shared, own);
  const resume = existsSync(join(output, "checkpoint.safetensors"));
  const context = createContext({
    signal: new AbortController().signal,
    onProgress: (progress) => line.update(progress, performance.now()),
  });
  const input = train.input.parse({ output, resume, evaluateEvery: 10_000, loaders: 1, ...settings });
  const trained = await train.run(input, context).finally(() => context.dispose());
  if (settings.teacher !== undefined && !existsSync(shared)) await copyFile(own, shared);
  return trained;
}
