import { describe, expect, it } from "vitest";
import { computeDistanceHistogram } from "../../test/naive-histogram.ts";
import { normalize } from "../metric/distance.ts";
import { createEmbeddingMatrix, type EmbeddingMatrix, rowDistance, rowsOf } from "../metric/embedding-matrix.ts";
import { seededRandom } from "../metric/seeded-random.ts";
import { countInThreads, DistanceStream, type StreamOptions } from "./distance-stream.ts";

/** Random embeddings around a few people; the first ones are each other's copy, opposite, and at a right angle. */
function randomMatrix(compared: EmbeddingMatrix["compared"], n: number, size: number, seed: number): EmbeddingMatrix {
  const random = seededRandom(seed);
  const centres = Array.from({ length: 7 }, () => Float32Array.from({ length: size }, () => random() - 0.5));
  const vectors = Array.from({ length: n }, (_, i) =>
    normalize((centres[i % 7] as Float32Array).map((value) => value + (random() - 0.5) * 0.6)),
  );
  vectors[1] = (vectors[0] as Float32Array).slice();
  vectors[2] = (vectors[0] as Float32Array).map((value) => -value);
  vectors[3] = (vectors[0] as Float32Array).map((_, i) => (i === 0 ? 1 : 0));
  vectors[4] = (vectors[0] as Float32Array).map((_, i) => (i === 1 ? 1 : 0));
  if (compared === "floats") return createEmbeddingMatrix(vectors, "floats");
  return createEmbeddingMatrix(
    vectors.map((vector) => Int8Array.from(vector, (value) => Math.max(-127, Math.min(127, Math.round(value * 363))))),
    "bytes",
  );
}

async function streamed<T>(matrix: EmbeddingMatrix, use: (stream: DistanceStream) => Promise<T>): Promise<T> {
  const stream = await DistanceStream.create(matrix);
  try {
    return await use(stream);
  } finally {
    await stream.dispose();
  }
}

const cross = (left: EmbeddingMatrix, right: EmbeddingMatrix) => {
  const both = createEmbeddingMatrix([...rowsAs(left), ...rowsAs(right)], left.compared);
  const [n, m] = [rowsOf(left), rowsOf(right)];
  return Array.from({ length: n * m }, (_, k) => rowDistance(both, Math.floor(k / m), n + (k % m)));
};
const rowsAs = ({ rows, size }: EmbeddingMatrix) =>
  Array.from({ length: rows.length / size }, (_, i) => rows.slice(i * size, (i + 1) * size));

describe.each(["bytes", "floats"] as const)("DistanceStream of %s", (compared) => {
  // more than a block either way
  const left = randomMatrix(compared, 150, 32, 1);
  const right = randomMatrix(compared, 4100, 32, 2);

  it("puts every distance into the same bin as a single measurement", async () => {
    const counts = await streamed(left, (stream) => stream.count(left, right));
    expect(counts).toEqual(computeDistanceHistogram(cross(left, right)));
  });

  it("counts each unordered pair of a set once", async () => {
    const counts = await streamed(left, (stream) => stream.countPairs(left));
    const distances: number[] = [];
    for (let i = 0; i < 150; i++) for (let j = 0; j < i; j++) distances.push(rowDistance(left, i, j));
    expect(counts).toEqual(computeDistanceHistogram(distances));
  });

  it("finds close pairs, including those exactly at the limit", async () => {
    const limit = rowDistance(left, 5, 12);
    const isWanted = (i: number, j: number) => i % 7 !== 1 && j % 7 !== 1;
    const found = await streamed(left, (stream) => stream.closePairs(left, limit, isWanted));
    const expected: string[] = [];
    for (let i = 0; i < 150; i++)
      for (let j = i + 1; j < 150; j++) if (isWanted(i, j) && rowDistance(left, i, j) <= limit) expected.push(`${i} ${j}`);
    expect(found.map((pair) => `${pair.left} ${pair.right}`).sort()).toEqual(expected.sort());
    expect(found.find((pair) => pair.left === 5 && pair.right === 12)?.distance).toBe(limit);
  });

  it("stops on abort, and reports progress", async () => {
    const stop = new AbortController();
    const stream = await DistanceStream.create(left, {
      signal: stop.signal,
      onPairs: (done) => done > 150 * 4096 - 1 && stop.abort(new Error("enough")),
    });
    await expect(stream.count(left, right)).rejects.toThrow("enough");
    await stream.dispose();
  });
});

it("rejects a code of zeros", async () => {
  const matrix = createEmbeddingMatrix([Int8Array.of(1, 2), new Int8Array(2)], "bytes");
  await expect(streamed(matrix, (stream) => stream.count(matrix, matrix))).rejects.toThrow("row 1: a code of zeros");
});

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
  it("equals a single thread, however rows are split", async () => {
    const alone = await counted({ workers: 1 });
    expect(alone.reduce((sum, count) => sum + count, 0)).toBe(301 * 407);
    expect(await counted({ workers: 3 })).toEqual(alone);
  });

  it("reports errors of a thread", async () => {
    const broken = { ...left, rows: left.rows.slice(0, 16 * 100 + 7) } as typeof left; // ends within a row
    const options = { workers: 2, onPairs: () => undefined };
    await expect(countInThreads(broken, { ...right, compared: "floats" } as never, options)).rejects.toMatchObject({
      code: "INTERNAL",
    });
    await expect(countInThreads(left, codes(0, 1), options)).resolves.toHaveLength(2);
  });

  it("stops on abort", async () => {
    const controller = new AbortController();
    const running = counted({ workers: 2, signal: controller.signal });
    controller.abort(new Error("enough"));
    await expect(running).rejects.toThrow("enough");
    await expect(counted({ workers: 2, signal: AbortSignal.abort(new Error("before")) })).rejects.toThrow("before");
  });
});
