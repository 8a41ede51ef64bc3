import { describe, expect, it } from "vitest";
import { createEmbeddingMatrix } from "../metric/embedding-matrix.ts";
import { seededRandom } from "../metric/seeded-random.ts";
import { countInThreads } from "./count-in-threads.ts";
import { DistanceStream, type StreamOptions } from "./distance-stream.ts";

function codes(count: number, seed: number) {
  const random = seededRandom(seed);
  const rows = Array.from({ length: count }, () => Int8Array.from({ length: 16 }, () => Math.round(200 * random() - 100)));
  return createEmbeddingMatrix(rows, "bytes");
}
const [left, right] = [codes(301, 1), codes(407, 2)];

async function counted(options: StreamOptions) {
  const stream = await DistanceStream.create(left, options);
  try {
    return await stream.count(left, right);
  } finally {
    await stream.dispose();
  }
}

describe("counting in threads", () => {
  it("gives what one thread gives, however the rows fall", async () => {
    const alone = await counted({ workers: 1 });
    expect(alone.reduce((sum, count) => sum + count, 0)).toBe(301 * 407);
    expect(await counted({ workers: 3 })).toEqual(alone);
  });

  it("says what went wrong in a thread", async () => {
    const broken = { ...left, rows: left.rows.slice(0, 16 * 100 + 7) } as typeof left; // ends within a row
    const options = { workers: 2, onPairs: () => undefined };
    await expect(countInThreads(broken, { ...right, compared: "floats" } as never, options)).rejects.toMatchObject({
      code: "INTERNAL",
    });
    await expect(countInThreads(left, codes(0, 1), options)).resolves.toHaveLength(2);
  });

  it("ends when it is told to", async () => {
    const controller = new AbortController();
    const running = counted({ workers: 2, signal: controller.signal });
    controller.abort(new Error("enough"));
    await expect(running).rejects.toThrow("enough");
    await expect(counted({ workers: 2, signal: AbortSignal.abort(new Error("before")) })).rejects.toThrow("before");
  });
});
