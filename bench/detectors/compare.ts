/** Runs candidates over photographs and counts. */
import { createPyramid } from "../../src/image/pyramid.ts";
import type { CompareCandidate } from "./candidates.ts";
import type { Photograph } from "./photographs.ts";
import { score } from "./scoring.ts";

type Share = { readonly found: number; readonly of: number };

export type Result = {
  readonly name: string;
  readonly recallBySize: Record<string, Share>;
  readonly recallByAngle: Record<string, Share>;
  readonly recallByVariant: Record<string, Share>;
  /** on the photographs of sizes and rotations */
  readonly falsePositivesPerPhotograph: number;
  /** on the varied ones */
  readonly falsePositivesPerVariedPhotograph: number;
  /** share of the distance between the eyes: median and 95th percentile of upright faces of 48 pixels and more */
  readonly landmarkError: { readonly median: number; readonly p95: number } | null;
  /** median over the photographs of sizes */
  readonly milliseconds: { readonly cpu: number; readonly wall: number };
};

type Tally = {
  sizes: Record<string, Share>;
  angles: Record<string, Share>;
  variants: Record<string, Share>;
  photographs: number;
  falsePositives: number;
  varied: number;
  variedFalsePositives: number;
  errors: number[];
  cpu: number[];
  wall: number[];
};

/** Smallest face in the comparison of variants and rotations' landmarks: what every candidate is asked for. */
const FAIR_SIZE = 48;

/** Candidates take turns on each photograph, first another one each time, so that none has the better moments. */
export async function compare(
  candidates: readonly CompareCandidate[],
  photographs: AsyncIterable<Photograph>,
  onPhotograph?: (count: number) => void,
): Promise<Result[]> {
  const tallies = candidates.map(
    (): Tally => ({
      sizes: {},
      angles: {},
      variants: {},
      photographs: 0,
      falsePositives: 0,
      varied: 0,
      variedFalsePositives: 0,
      errors: [],
      cpu: [],
      wall: [],
    }),
  );
  let count = 0;
  for await (const photograph of photographs) {
    for (let turn = 0; turn < candidates.length; turn++) {
      const index = (turn + count) % candidates.length;
      await look(candidates[index] as CompareCandidate, photograph, tallies[index] as Tally, count === 0);
    }
    onPhotograph?.(++count);
  }
  return candidates.map(({ name }, i) => summary(name, tallies[i] as Tally));
}

async function look(
  { detect }: CompareCandidate,
  { image, faces, group, variant }: Photograph,
  tally: Tally,
  warmUp: boolean,
): Promise<void> {
  if (warmUp) await detect(createPyramid(image));
  const pyramid = createPyramid(image);
  const [start, before] = [performance.now(), process.cpuUsage()];
  const found = await detect(pyramid);
  const [wall, used] = [performance.now() - start, process.cpuUsage(before)];
  const { found: seen, pointErrors, falsePositives } = score(faces, found);
  for (const [i, { size, angle }] of faces.entries()) {
    if (group === "sizes") add(tally.sizes, size, seen[i] as boolean);
    if (group === "rotations") add(tally.angles, angle, seen[i] as boolean);
    if (group === "variants" && size >= FAIR_SIZE) add(tally.variants, variant, seen[i] as boolean);
  }
  if (group === "variants") {
    tally.varied++;
    tally.variedFalsePositives += falsePositives;
  } else {
    tally.photographs++;
    tally.falsePositives += falsePositives;
  }
  if (group !== "sizes") return;
  tally.errors.push(...pointErrors.filter(({ face }) => face.size >= FAIR_SIZE).map(({ error }) => error));
  tally.cpu.push((used.user + used.system) / 1000);
  tally.wall.push(wall);
}

function add(shares: Record<string, Share>, key: string | number, found: boolean): void {
  const { found: before, of } = shares[key] ?? { found: 0, of: 0 };
  shares[key] = { found: before + (found ? 1 : 0), of: of + 1 };
}

function summary(name: string, tally: Tally): Result {
  return {
    name,
    recallBySize: tally.sizes,
    recallByAngle: tally.angles,
    recallByVariant: tally.variants,
    falsePositivesPerPhotograph: round(tally.falsePositives / tally.photographs, 3),
    falsePositivesPerVariedPhotograph: round(tally.variedFalsePositives / tally.varied, 3),
    landmarkError:
      tally.errors.length === 0
        ? null
        : { median: round(quantile(tally.errors, 0.5), 4), p95: round(quantile(tally.errors, 0.95), 4) },
    milliseconds: { cpu: round(quantile(tally.cpu, 0.5), 1), wall: round(quantile(tally.wall, 0.5), 1) },
  };
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] as number;
}

const round = (value: number, digits: number): number => Number(value.toFixed(digits));
