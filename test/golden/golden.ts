/** Recorded results in this folder, written by scripts/update-golden.ts. */
import { readFileSync } from "node:fs";
import type { SampleName } from "../sample-photographs.ts";

/** Uses the unmodified weights of a published package, so that results only change with the code. */
export const GOLDEN_MODEL = "mobilefacenet.faceplugin-512";

export type Golden = {
  readonly model: string;
  readonly detector: string;
  readonly width: number;
  readonly height: number;
  readonly faces: readonly {
    /** x, y, width, height in pixels. */
    readonly box: readonly number[];
    /** x and y in pixels: eyes, nose, mouth corners, left before right. */
    readonly landmarks: readonly (readonly number[])[];
    readonly confidence: number;
    /** Byte code, base64. */
    readonly code: string;
    /** Unit vector, rounded to four digits. */
    readonly vector: readonly number[];
  }[];
};

export function readGolden(name: SampleName): Golden {
  return JSON.parse(readFileSync(new URL(`${name}.json`, import.meta.url), "utf8")) as Golden;
}
