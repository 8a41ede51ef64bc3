import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Worker } from "node:worker_threads";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type BatchItem,
  type DetectedImage,
  FaceNet,
  type FaceNetError,
  type ImageSource,
  type Landmarks,
  type Progress,
  type StageTimes,
} from "../src/index.ts";
import { samplePhotograph, samplePortrait } from "./sample-photographs.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const folder = await temporaryFolder("pipeline");
const [group, portrait] = [samplePhotograph("sample1"), await samplePortrait()];
const noFaceAtAll: ImageSource = { data: new Uint8Array(300 * 200 * 3).fill(128), width: 300, height: 200, channels: 3 };
/** A portrait that is fast to process. */
let small: Buffer;
let facenet: FaceNet;

beforeAll(async () => {
  small = await sharp(portrait).resize(640).jpeg().toBuffer();
  facenet = await FaceNet.load({ threads: 2 });
});
afterAll(async () => {
  await facenet.dispose();
});

const collect = <T>(items: AsyncIterable<T>): Promise<T[]> => Array.fromAsync(items);
const outcome = (item: BatchItem<DetectedImage>) => (item.ok ? item.value.faces.length : item.error.code);

describe("faces that were detected before", () => {
  it("are embedded as if just detected, in the given order", async () => {
    const { faces } = await facenet.embed(group);
    const known = faces.toReversed().map(({ box, landmarks }) => ({ box, landmarks }));
    const again = await facenet.embedFaces({ source: group, faces: known });
    expect(again.faces.map(({ embedding }) => embedding)).toEqual(faces.toReversed().map(({ embedding }) => embedding));
    expect(again.faces.map(({ confidence, quality }) => [confidence, quality.confidence])).toEqual(faces.map(() => [1, 1]));
  });

  it("may be none, and come in batches in which a photograph may fail", async () => {
    const [face] = (await facenet.detect(small)).faces;
    const landmarks = { ...face?.landmarks, nose: { x: Number.NaN, y: 1 } } as Landmarks;
    const batch = [
      { source: small, faces: [] },
      { source: join(folder, "none.jpg"), faces: [] },
      { source: small, faces: [{ box: { x: 0, y: 0, width: 9, height: 9 }, landmarks }] },
      { source: small, faces: face ? [face] : [] },
    ];
    expect((await collect(facenet.embedFaces(batch))).map(outcome)).toEqual([0, "IMAGE_NOT_FOUND", "OPTION_INVALID", 1]);
  });
});

describe("which faces", () => {
  it("returns an empty list without a face, or an error if one is required", async () => {
    expect(await facenet.detect(noFaceAtAll)).toEqual({ image: "(pixels)", width: 300, height: 200, faces: [] });
    await expect(facenet.verify(small, noFaceAtAll)).rejects.toMatchObject({
      code: "FACE_NOT_FOUND",
      message: expect.stringContaining("(pixels)"),
    });
    await expect(facenet.detect(noFaceAtAll, { faces: "only" })).rejects.toMatchObject({ code: "FACE_NOT_FOUND" });
  });

  it("does not choose among several without an option", async () => {
    await expect(facenet.verify(group, small)).rejects.toMatchObject({
      code: "FACE_AMBIGUOUS",
      data: { image: group, count: 3 },
      message: expect.stringContaining('faces "largest"'),
    });
    const { faces } = await facenet.detect(group);
    const largest = faces.reduce((a, b) => (a.box.width * a.box.height > b.box.width * b.box.height ? a : b));
    const verdict = await facenet.verify(group, group, { faces: "largest" });
    expect(verdict.faces[0].box).toEqual(largest.box);
    expect(verdict).toMatchObject({ verified: true, distance: expect.closeTo(0, 6) });
  });

  it("distinguishes faces", async () => {
    const verdict = await facenet.verify(group, small, { faces: "largest" });
    expect(verdict.verified).toBe(false);
    expect(verdict.distance).toBeGreaterThan(verdict.threshold);
    expect(verdict.faces.map(({ image }) => image)).toEqual([group, "(buffer)"]);
  });

  it("rejects a wrong option with the rule", async () => {
    await expect(facenet.detect(small, { minFaceSize: 3 })).rejects.toMatchObject({
      code: "OPTION_INVALID",
      message: expect.stringContaining("minFaceSize"),
    });
    await expect(FaceNet.load({ threads: 0 })).rejects.toMatchObject({
      code: "OPTION_INVALID",
      message: expect.stringContaining("threads"),
    });
    await expect(FaceNet.load({ device: "tpu" as "cpu" })).rejects.toMatchObject({
      code: "OPTION_INVALID",
      message: expect.stringContaining("device"),
    });
  });
});

describe("a batch", () => {
  it("continues after errors and keeps the order", async () => {
    const broken = join(folder, "cut.jpg");
    writeFileSync(broken, small.subarray(0, small.length / 2));
    const inputs: ImageSource[] = [
      portrait,
      "missing.jpg",
      small,
      broken,
      new URL("https://example.org/a.jpg"),
      Buffer.from("text"),
      noFaceAtAll,
      group,
    ];
    const items = await collect(facenet.detect(inputs));
    expect(items.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(items.map(outcome)).toEqual([
      1,
      "IMAGE_NOT_FOUND",
      1,
      "IMAGE_CORRUPT",
      "IMAGE_NOT_READABLE",
      "IMAGE_UNKNOWN_FORMAT",
      0,
      3,
    ]);
    expect(items.slice(0, 4).map(({ image }) => image)).toEqual([portrait, "missing.jpg", "(buffer)", broken]);
  });

  it("accepts all kinds of sources", async () => {
    const path = join(folder, "small portrait.jpg");
    writeFileSync(path, small);
    const bytes = Uint8Array.from(small);
    const items = await collect(
      facenet.detect(new Set<ImageSource>([path, pathToFileURL(path), small, bytes.buffer, new Blob([bytes])])),
    );
    const [first, ...rest] = items.map((item) => (item.ok ? item.value.faces : item.error));
    for (const faces of rest) expect(faces).toEqual(first);
  });

  it("fails only the image whose bytes were transferred", async () => {
    const bytes = Uint8Array.from(small);
    structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
    const inputs = Array.from({ length: 6 }, () => [bytes, small]).flat(); // more than there are places in the threads
    expect((await collect(facenet.detect(inputs))).map(outcome)).toEqual(Array.from({ length: 6 }, () => ["INTERNAL", 1]).flat());
  });

  it("reads an endless source only a few photographs ahead", async () => {
    let read = 0;
    async function* endless() {
      for (;;) {
        read++;
        yield small;
      }
    }
    let done = 0;
    for await (const item of facenet.detect(endless())) {
      expect(outcome(item)).toBe(1);
      expect(read - ++done).toBeLessThanOrEqual(4); // two threads, two jobs each
      if (done === 12) break;
    }
    expect(read).toBeLessThanOrEqual(16);
  });

  it("reports progress after every photograph", async () => {
    const seen: Progress[] = [];
    await collect(facenet.detect([small, "missing.jpg", small], { onProgress: (progress) => seen.push(progress) }));
    expect(seen.map(({ done, failed, faces, total }) => [done, failed, faces, total])).toEqual([
      [1, 0, 1, 3],
      [2, 1, 1, 3],
      [3, 1, 2, 3],
    ]);
    expect(seen.at(-1)).toMatchObject({ remainingMs: 0 });
    expect(seen.at(-1)?.perSecond).toBeGreaterThan(0);
  });

  it("compares all faces of readable photographs", async () => {
    const { faces, distances, failures } = await facenet.compare([group, "missing.jpg", small]);
    expect(faces.map(({ image, index }) => [image, index])).toEqual([
      [group, 0],
      [group, 1],
      [group, 2],
      ["(buffer)", 0],
    ]);
    expect(failures).toEqual([{ image: "missing.jpg", code: "IMAGE_NOT_FOUND", message: "no such file. Check the path." }]);
    for (const [i, row] of distances.entries()) {
      expect(row[i]).toBe(0);
      for (const [k, distance] of row.entries()) expect(distance).toBe((distances[k] as number[])[i]);
    }
  });
});

it("observers get the durations of the completed stages of each photograph", async () => {
  const told: StageTimes[] = [];
  facenet.observe((times) => told.push(times));
  const start = performance.now();
  await facenet.embed(small);
  const elapsedMs = performance.now() - start;
  await facenet.detect(small);
  await expect(facenet.detect(Buffer.from("none"))).rejects.toMatchObject({ code: "IMAGE_UNKNOWN_FORMAT" });
  facenet.observe(() => undefined);
  expect(told.map((times) => Object.keys(times))).toEqual([
    ["wait", "decode", "detect", "align", "embed"],
    ["wait", "decode", "detect", "align"],
  ]);
  const [embedded] = told.map((times) => Object.values(times).reduce((sum, ms) => sum + ms, 0));
  expect(embedded).toBeGreaterThan(0.5 * elapsedMs);
  expect(embedded).toBeLessThanOrEqual(elapsedMs);
});

describe("an AbortSignal", () => {
  it("that is already aborted stops everything at once", async () => {
    const signal = AbortSignal.abort(new Error("too late"));
    await expect(facenet.detect(small, { signal })).rejects.toThrow("too late");
    await expect(collect(facenet.detect([small], { signal }))).rejects.toThrow("too late");
  });

  it("stops a batch between photographs, and the pool stays usable", async () => {
    const controller = new AbortController();
    let done = 0;
    const run = async () => {
      for await (const _ of facenet.detect(
        Array.from({ length: 500 }, () => small),
        { signal: controller.signal },
      )) {
        if (++done === 3) controller.abort();
      }
    };
    await expect(run()).rejects.toMatchObject({ name: "AbortError" });
    expect(done).toBe(3);
    expect((await facenet.detect(small)).faces).toHaveLength(1);
  });

  it("stops a batch whose source is stalled", async () => {
    async function* stalled() {
      yield small;
      await new Promise(() => "never");
    }
    const items = facenet.detect(stalled(), { signal: AbortSignal.timeout(400) });
    await expect(collect(items)).rejects.toMatchObject({ name: "TimeoutError" });
  });

  it("removes a waiting job from the queue, and abandons a running one", async () => {
    const [running, waiting] = [new AbortController(), new AbortController()];
    const busy = Array.from({ length: 4 }, () => facenet.detect(small, { signal: running.signal }));
    const queued = facenet.detect(small, { signal: waiting.signal });
    waiting.abort(new Error("not needed"));
    await expect(queued).rejects.toThrow("not needed");
    running.abort(new Error("nor these"));
    for (const job of await Promise.allSettled(busy))
      expect(job).toMatchObject({ status: "rejected", reason: { message: "nor these" } });
    expect((await facenet.detect(small)).faces).toHaveLength(1);
  });
});

describe("lifecycle of a FaceNet", () => {
  it("rejects pending and later work when disposed", async () => {
    const short = await FaceNet.load({ threads: 1 });
    const open = Promise.allSettled([1, 2, 3, 4].map(() => short.detect(small)));
    const batch = collect(short.detect([small, small]));
    const codes = batch.catch((error: FaceNetError) => error.code);
    await short.dispose();
    for (const job of await open) expect(job).toMatchObject({ status: "rejected", reason: { code: "DISPOSED" } });
    expect(await codes).toBe("DISPOSED");
    await expect(short.detect(small)).rejects.toMatchObject({ code: "DISPOSED" });
    await short.dispose(); // again does no harm
  });

  it("replaces a worker thread that dies", async () => {
    const workers: Worker[] = [];
    const remember = (worker: Worker): unknown => workers.push(worker);
    process.on("worker", remember);
    const mortal = await FaceNet.load({ threads: 1 });
    try {
      const lost = mortal.detect(small);
      await workers[0]?.terminate();
      await expect(lost).rejects.toMatchObject({ code: "INTERNAL", message: expect.stringContaining("worker thread") });
      expect((await mortal.detect(small)).faces).toHaveLength(1);
      expect(workers).toHaveLength(2);
    } finally {
      process.off("worker", remember);
      await mortal.dispose();
    }
  });

  /** Runs a program with `facenet` loaded, and returns its output. */
  const runProgram = (body: string) => {
    const index = new URL("../src/index.ts", import.meta.url).href;
    const program = `import { FaceNet } from ${JSON.stringify(index)}; const facenet = await FaceNet.load({ threads: 1 }); ${body}`;
    return spawnSync(process.execPath, ["--input-type=module-typescript", "--eval", program], {
      encoding: "utf8",
      timeout: 15_000,
    });
  };

  it("does not keep the process alive, nor end it before the work is done", () => {
    const photograph = fileURLToPath(new URL("fixtures/photo.heic", import.meta.url));
    const { stdout, status } = runProgram(`console.log((await facenet.detect(${JSON.stringify(photograph)})).width);`);
    expect([stdout, status]).toEqual(["320\n", 0]);
  });

  it("keeps output of decoders out of the program's output", () => {
    const whole = readFileSync(new URL("fixtures/photo.heic", import.meta.url));
    const cut = join(folder, "cut.heic");
    writeFileSync(cut, whole.subarray(0, whole.length * 0.4));
    const { stdout } = runProgram(`await facenet.detect(${JSON.stringify(cut)}).catch(({ code }) => console.log(code));`);
    expect(stdout).toBe("IMAGE_CORRUPT\n");
  });
});
