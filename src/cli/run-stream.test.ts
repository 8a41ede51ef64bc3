import { expect, test, vi } from "vitest";
import { FaceNetError } from "../errors.ts";
import type { BatchItem } from "../faces/batch.ts";
import { Interruption } from "./interruption.ts";
import type { RecordSink } from "./record-sink.ts";
import { runStream } from "./run-stream.ts";

const ok = (image: string): BatchItem<string> => ({ index: 0, image, ok: true, value: image });
const bad = (image: string): BatchItem<string> => {
  return { index: 0, image, ok: false, error: new FaceNetError("IMAGE_EMPTY", { image }) };
};

function setUp({ showsFailures = false, total = 2 } = {}) {
  const sink = {
    showsFailures,
    write: vi.fn(async () => undefined),
    finish: vi.fn(async () => undefined),
    interrupt: vi.fn(async () => "out.csv.part"),
    discard: vi.fn(async () => undefined),
  } satisfies RecordSink<string>;
  const notes: string[] = [];
  const abort = new AbortController();
  return {
    sink,
    notes,
    abort,
    run: { sink, total, terminal: { note: (line: string) => notes.push(line) }, signal: abort.signal },
  };
}

async function* stream(items: readonly BatchItem<string>[], end?: () => void) {
  yield* items;
  end?.();
}

test("failed photographs are counted and listed with their reasons", async () => {
  const { run, notes, sink } = setUp();
  expect(await runStream(stream([ok("a"), bad("b")]), run)).toBe(1);
  expect(notes).toEqual([
    "facenet: 1 of 2 photographs failed:",
    expect.stringMatching(/^ {2}b: is empty/),
    "facenet: 1 photograph done, 1 failed.",
  ]);
  expect(sink.finish).toHaveBeenCalledOnce();
});

test("a single failed photograph is one line", async () => {
  const { run, notes } = setUp({ total: 1 });
  expect(await runStream(stream([bad("b")]), run)).toBe(3);
  expect(notes).toEqual([expect.stringMatching(/^facenet: b: is empty/), "facenet: 0 photographs done, 1 failed."]);
});

test("failures in the output are not reported twice", async () => {
  const { run, notes } = setUp({ showsFailures: true });
  await runStream(stream([ok("a"), bad("b")]), run);
  expect(notes).toEqual(["facenet: 1 photograph done, 1 failed."]);
});

test("an interruption keeps written records, and reports progress and file", async () => {
  const { run, notes, abort, sink } = setUp({ total: 9 });
  const interrupt = () => {
    abort.abort(new Interruption("SIGINT"));
    abort.signal.throwIfAborted();
  };
  expect(await runStream(stream([ok("a")], interrupt), run)).toBe(130);
  expect(notes).toEqual(["facenet: interrupted after 1 of 9 photographs; they are in out.csv.part"]);
  expect(sink.discard).not.toHaveBeenCalled();
});

test("a write failure leaves no partial output", async () => {
  const { run, sink } = setUp();
  sink.write.mockRejectedValueOnce(new FaceNetError("OUTPUT_NOT_WRITABLE", { file: "x", reason: "ENOSPC" }));
  await expect(runStream(stream([ok("a")]), run)).rejects.toThrow("ENOSPC");
  expect(sink.discard).toHaveBeenCalledOnce();
  expect(sink.finish).not.toHaveBeenCalled();
});
