import { describe, expect, test } from "vitest";
import { FaceNetError } from "../errors.ts";
import { jsonText } from "../files/json-text.ts";
import { NPY_HEADER_BYTES, npyHeader, npyRow } from "../files/npy.ts";
import type { EmbeddedFace, EmbeddedImage } from "../schemas/face.ts";
import { csvLine } from "./csv.ts";
import { chooseFormat } from "./embed-output.ts";
import { embeddingCsv } from "./embedding-csv.ts";
import { jsonLinesSink } from "./record-sink.ts";

const embedding = { model: "m", vector: Float32Array.of(0.5, -0.25), code: Int8Array.of(1, -1) };
const face = { box: { x: 1, y: 2, width: 3, height: 4 }, confidence: 0.9, embedding } as EmbeddedFace;
const item = (image: string, faces: EmbeddedFace[]) => {
  const value: EmbeddedImage = { image, width: 10, height: 20, faces };
  return { index: 0, image, ok: true as const, value };
};
const failure = { index: 1, image: "b.jpg", ok: false as const, error: new FaceNetError("IMAGE_EMPTY", { image: "b.jpg" }) };

describe("the format", () => {
  test.each([
    [{}, undefined],
    [{ json: true }, "jsonl"],
    [{ output: "x.npy" }, "npy"],
    [{ output: "x.CSV" }, "csv"],
    [{ output: "x" }, "jsonl"],
    [{ output: "x.npy", format: "csv" }, "csv"],
  ])("of %j is %s", (options, format) => {
    expect(chooseFormat(options)).toBe(format);
  });

  test("csv and --json cannot be combined", () => {
    expect(() => chooseFormat({ json: true, format: "csv" })).toThrow("--format csv: cannot be combined with --json");
  });
});

test("JSON contains the vector as numbers and the byte code as base64", () => {
  expect(JSON.parse(jsonText({ embedding }))).toEqual({ embedding: { model: "m", vector: [0.5, -0.25], code: "Af8=" } });
});

test("a failed photograph is a JSON line with code and message", async () => {
  let text = "";
  const sink = jsonLinesSink(async (line) => {
    text += line;
  });
  await sink.write(failure);
  expect(JSON.parse(text)).toEqual({
    image: "b.jpg",
    error: { code: "IMAGE_EMPTY", message: expect.stringMatching(/^is empty/) },
  });
  expect(text.endsWith("\n")).toBe(true);
});

test("CSV has one header line and a row per face", () => {
  const textOf = embeddingCsv();
  expect([item("none.jpg", []), failure, item("a.jpg", [face, face]), item("c.jpg", [face])].map(textOf)).toEqual([
    "",
    "",
    "image,face,x,y,width,height,confidence,model,v0,v1\na.jpg,0,1,2,3,4,0.9,m,0.5,-0.25\na.jpg,1,1,2,3,4,0.9,m,0.5,-0.25\n",
    "c.jpg,0,1,2,3,4,0.9,m,0.5,-0.25\n",
  ]);
});

test("CSV cells with commas, quotes or line breaks are quoted", () => {
  expect(csvLine(["a,b", 'say "x"', "two\nlines", 3])).toBe('"a,b","say ""x""","two\nlines",3\n');
});

test("an NPY header has version 1, the declared length and a final line feed", () => {
  const header = Buffer.from(npyHeader(1_000_000, 512));
  expect(header.length).toBe(NPY_HEADER_BYTES);
  expect(header.subarray(0, 8)).toEqual(Buffer.from([0x93, ...Buffer.from("NUMPY"), 1, 0]));
  expect(header.readUInt16LE(8) + 10).toBe(NPY_HEADER_BYTES);
  expect(header.toString("latin1", 10)).toMatch(/^\{'descr': '<f4', 'fortran_order': False, 'shape': \(1000000, 512\), \} +\n$/);
});

test("an NPY row is little-endian float32", () => {
  expect([...npyRow(Float32Array.of(1, -2))]).toEqual([0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0]);
});
