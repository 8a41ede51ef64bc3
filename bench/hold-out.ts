/**
 * The paper's hold-out test at full size: all distances of 100,000 x 100,000 byte codes, counted. Random codes, because the
 * duration does not depend on their content.
 */
import { DistanceStream } from "../src/evaluation/distance-stream.ts";
import type { EmbeddingMatrix } from "../src/metric/embedding-matrix.ts";
import { type Bench, single } from "./measure.ts";
import { createRandomCodes } from "./random-codes.ts";

const FACES = 100_000;
const DIMENSIONS = 128;
const TARGETS = { seconds: 180, megabytes: 2048 } as const;

export const holdOut: Bench = async () => {
  const randomCodes = createRandomCodes(DIMENSIONS);
  const matrix = (): EmbeddingMatrix => ({ compared: "bytes", size: DIMENSIONS, rows: randomCodes(FACES) });
  const [left, right] = [matrix(), matrix()];
  const stream = await DistanceStream.create(left);
  const [start, startCpu] = [performance.now(), process.cpuUsage()];
  const counts = await stream.count(left, right);
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(startCpu);
  const { maxRSS } = process.resourceUsage();
  await stream.dispose();
  const counted = counts.reduce((sum, count) => sum + count, 0);
  if (counted !== FACES * FACES) throw new Error(`${counted} distances counted of ${FACES * FACES}`);
  return [
    {
      name: "100,000 x 100,000 distances of 128 bytes",
      unit: "s",
      value: single(seconds),
      target: { of: "value", limit: "at most", number: TARGETS.seconds },
    },
    { name: "processor time of it", unit: "s", value: single((user + system) / 1e6) },
    {
      name: "largest resident memory",
      unit: "MB",
      value: single(maxRSS / 1024),
      target: { of: "value", limit: "at most", number: TARGETS.megabytes },
    },
  ];
};
