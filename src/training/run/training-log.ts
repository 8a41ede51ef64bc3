/** Training log `train.jsonl`: one JSON line per step, evaluation or warning; progress is derived from it. */

import { appendFile, readFile } from "node:fs/promises";
import * as z from "zod";
import type { Progress } from "../../faces/batch.ts";
import { orNotWritable, writeWhole } from "../../files/whole-file.ts";
import { ImageFailure } from "../../schemas/failure.ts";
import { HeldOutResult, TrainingStep } from "../../schemas/training.ts";

export const TrainingLogLine = z.discriminatedUnion("kind", [
  TrainingStep.extend({ kind: z.literal("step") }),
  HeldOutResult.extend({ kind: z.literal("held-out") }),
  z.object({ kind: z.literal("advice"), step: z.int(), advice: z.string() }),
  z.object({ kind: z.literal("unreadable"), step: z.int(), ...ImageFailure.shape }),
]);
export type TrainingLogLine = z.infer<typeof TrainingLogLine>;

export class TrainingLog {
  readonly #file: string;
  /** All lines, oldest first. */
  readonly lines: TrainingLogLine[];

  private constructor(file: string, lines: TrainingLogLine[]) {
    this.#file = file;
    this.lines = lines;
  }

  /**
   * Opens the log of a run that resumes after `steps` steps: drops lines of later steps, which will be repeated, and a truncated
   * last line.
   *
   * @throws FaceNetError OUTPUT_NOT_WRITABLE
   */
  static async open(file: string, steps: number): Promise<TrainingLog> {
    const text = await readFile(file, "utf8").catch(() => "");
    const lines = text.split("\n").flatMap((line) => {
      const parsed = parseLogLine(line);
      return parsed && parsed.step <= steps && steps > 0 ? [parsed] : [];
    });
    await writeWhole(file, lines.map(textOf).join(""), { durable: true });
    return new TrainingLog(file, lines);
  }

  /** @throws FaceNetError OUTPUT_NOT_WRITABLE */
  async add(...lines: readonly TrainingLogLine[]): Promise<void> {
    this.lines.push(...lines);
    await orNotWritable(this.#file, () => appendFile(this.#file, lines.map(textOf).join("")));
  }
}

/** Images that could not be read, without duplicates. */
export function unreadableIn(lines: readonly TrainingLogLine[]): ImageFailure[] {
  return lines.flatMap((line) => (line.kind === "unreadable" ? [ImageFailure.parse(line)] : []));
}

const textOf = (line: TrainingLogLine): string => `${JSON.stringify(line)}\n`;

/** Undefined for an invalid or truncated line. */
export function parseLogLine(line: string): TrainingLogLine | undefined {
  try {
    return TrainingLogLine.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}

export type Course = {
  readonly steps: number;
  readonly perSecond: number;
  readonly elapsedMs: number;
  readonly lines: readonly TrainingLogLine[];
  readonly advice: string | undefined;
};

export function progressOf(line: TrainingStep, { steps, perSecond, elapsedMs, lines, advice }: Course): Progress {
  const heldOut = lines.findLast((entry) => entry.kind === "held-out");
  const val = heldOut?.val.at(-1);
  return {
    unit: "steps",
    done: line.step,
    failed: 0,
    faces: 0,
    total: steps,
    elapsedMs,
    perSecond,
    remainingMs: (1000 * (steps - line.step)) / perSecond,
    figures: {
      loss: line.loss,
      active: line.active,
      ...(line.positiveDistance !== null && { "one person": line.positiveDistance }),
      ...(line.negativeDistance !== null && { "two people": line.negativeDistance }),
      "images/s": line.imagesPerSecond,
      ...(val && { [`VAL at FAR ${val.far}`]: val.val }),
    },
    ...(advice !== undefined && { advice }),
  };
}
