/** Reads a training's log as it grows, and makes curves of it. */
import { open } from "node:fs/promises";
import type { TrainingAdvice, TrainingCurves } from "../../schemas/report.ts";
import type { HeldOutResult } from "../../schemas/training.ts";
import { parseLogLine } from "../../training/run/training-log.ts";
import type { FoundTraining } from "./find-reports.ts";
import { TrainingCurve } from "./training-curve.ts";
import { readConfiguration, trainingState } from "./training-state.ts";

/** Bytes of a log that are read at once. */
const CHUNK = 1 << 18;
const NEWLINE = 10;

export class TrainingReader {
  readonly #training: FoundTraining;
  readonly #points: number;
  #inode = -1;
  #offset = 0;
  #rest: Uint8Array = new Uint8Array();
  #curve: TrainingCurve;
  #heldOut: HeldOutResult[] = [];
  #advice: TrainingAdvice[] = [];
  #told = { heldOut: 0, advice: 0 };
  #stepMs = 0;

  /** @param points of a curve, at most */
  constructor(training: FoundTraining, points: number) {
    this.#training = training;
    this.#points = points;
    this.#curve = new TrainingCurve(points);
  }

  /**
   * Reads what has been written since, and says what has changed; all of it where the log was begun anew.
   *
   * @param now milliseconds since 1970
   * @throws what `open` and `read` throw
   */
  async changes(now: number): Promise<TrainingCurves> {
    await this.#read();
    const { heldOut, advice } = this.#told;
    this.#told = { heldOut: this.#heldOut.length, advice: this.#advice.length };
    const { from, items } = this.#curve.takeChanges();
    return {
      state: await trainingState(this.#training, this.#stepMs, now),
      total: (await readConfiguration(this.#training))?.steps ?? null,
      points: { from, items: [...items] },
      heldOut: { from: heldOut, items: this.#heldOut.slice(heldOut) },
      advice: { from: advice, items: this.#advice.slice(advice) },
    };
  }

  async #read(): Promise<void> {
    await using file = await open(this.#training.log);
    const { ino, size } = await file.stat();
    if (ino !== this.#inode || size < this.#offset) this.#beginAnew(ino);
    const chunk = new Uint8Array(CHUNK);
    for (;;) {
      const { bytesRead } = await file.read(chunk, 0, CHUNK, this.#offset);
      if (bytesRead === 0) return;
      this.#offset += bytesRead;
      this.#take(chunk.subarray(0, bytesRead));
    }
  }

  #beginAnew(inode: number): void {
    this.#inode = inode;
    this.#offset = 0;
    this.#rest = new Uint8Array();
    this.#curve = new TrainingCurve(this.#points);
    this.#heldOut = [];
    this.#advice = [];
    this.#told = { heldOut: 0, advice: 0 };
  }

  /** Whole lines count; the beginning of one waits for its end. */
  #take(bytes: Uint8Array): void {
    const all = Buffer.concat([this.#rest, bytes]);
    const end = all.lastIndexOf(NEWLINE) + 1;
    this.#rest = Uint8Array.from(all.subarray(end));
    for (const text of all.toString("utf8", 0, end).split("\n")) {
      const line = parseLogLine(text);
      if (line?.kind === "step") {
        this.#curve.add(line);
        this.#stepMs = (1000 * line.images) / line.imagesPerSecond;
      } else if (line?.kind === "held-out") {
        const { kind: _, ...figures } = line;
        this.#heldOut.push(figures);
      } else if (line?.kind === "advice") this.#advice.push({ step: line.step, advice: line.advice });
    }
  }
}
