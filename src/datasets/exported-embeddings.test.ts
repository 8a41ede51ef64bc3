import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { readExportedEmbeddings } from "./exported-embeddings.ts";

let folder: string;
beforeEach(async () => {
  folder = await temporaryFolder("embeddings");
});

const face = (vector: (number | null)[], { model = "m.a", width = 10 } = {}) => ({
  box: { x: 0, y: 0, width, height: 10 },
  embedding: { model, vector, code: Buffer.from(Int8Array.of(3, -4).buffer).toString("base64") },
});

async function lines(...records: unknown[]): Promise<string> {
  const file = join(folder, "e.jsonl");
  await writeFile(file, records.map((record) => `${JSON.stringify(record)}\n`).join(""));
  return file;
}

async function npy(values: number[][], labels: string): Promise<string> {
  const header = `${`{'descr': '<f4', 'fortran_order': False, 'shape': (${values.length}, ${values[0]?.length}), }`.padEnd(117)}\n`;
  const file = join(folder, "e.npy");
  const start = Buffer.from(`\x93NUMPY\x01\x00${String.fromCharCode(118, 0)}`, "latin1");
  await writeFile(
    file,
    Buffer.concat([start, Buffer.from(header, "latin1"), Buffer.from(Float32Array.from(values.flat()).buffer)]),
  );
  await writeFile(`${file}.labels.csv`, labels);
  return file;
}

describe("readExportedEmbeddings", () => {
  it("reads JSON lines: the largest face of each image, and failures", async () => {
    const quality = {
      ...{ sizePx: 50, sharpness: 90, yawDegrees: 1, pitchDegrees: -2, rollDegrees: 0 },
      ...{ visible: 1, confidence: 0.99, acceptable: true, reasons: [] },
    };
    const file = await lines(
      { image: "Ada/1.jpg", faces: [face([1, 0]), { ...face([0.6, -0.8], { width: 20 }), quality }] },
      { image: "Ada/4.jpg", faces: [{ ...face([1, 0]), quality: { sizePx: 50 } }] },
      { image: "Ada/2.jpg", faces: [] },
      { image: "Ada/3.jpg", error: { code: "IMAGE_CORRUPT", message: "damaged" } },
    );
    const { model, faces, failures } = await readExportedEmbeddings(file);
    expect(model).toBe("m.a");
    expect(faces).toEqual([
      {
        image: "Ada/1.jpg",
        quality,
        box: { x: 0, y: 0, width: 20, height: 10 },
        vector: Float32Array.of(0.6, -0.8),
        code: Int8Array.of(3, -4),
      },
      expect.objectContaining({ image: "Ada/4.jpg", quality: null }), // of an older version
    ]);
    expect(failures).toEqual([{ image: "Ada/3.jpg", code: "IMAGE_CORRUPT", message: "damaged" }]);
  });

  it("reads a NumPy matrix with its labels, quoted names too", async () => {
    const labels =
      'row,image,face,x,y,width,height\n0,Ada/1.jpg,0,0,0,5,5\n1,"Bob, ""B""/1.jpg",0,1,2,3,4\n2,Ada/1.jpg,1,0,0,9,9\n';
    const { model, faces } = await readExportedEmbeddings(
      await npy(
        [
          [1, 0],
          [0, 1],
          [-1, 0],
        ],
        labels,
      ),
    );
    expect(model).toBeNull();
    expect(faces.map(({ image, vector }) => [image, ...vector])).toEqual([
      ["Ada/1.jpg", -1, 0],
      ['Bob, "B"/1.jpg', 0, 1],
    ]);
  });

  it.each<[string, unknown[], RegExp]>([
    ["NaN", [{ image: "a.jpg", faces: [face([null, 1])] }], /row 0 \(a.jpg\): has values that are not finite/],
    ["a vector of another length", [{ image: "a.jpg", faces: [face([2, 0])] }], /has length 2.000, unit length/],
    [
      "rows of two sizes",
      [
        { image: "a.jpg", faces: [face([1])] },
        { image: "b.jpg", faces: [face([1, 0])] },
      ],
      /row 1 .*2 values/,
    ],
    ["another kind of record", [{ picture: "a.jpg" }], /line 1: is not a record of/],
  ])("refuses %s, naming the row", async (_, records, message) => {
    await expect(readExportedEmbeddings(await lines(...records))).rejects.toMatchObject({ code: "EMBEDDINGS_INVALID", message });
  });

  it("rejects embeddings of two models", async () => {
    const file = await lines({ image: "a", faces: [face([1, 0])] }, { image: "b", faces: [face([1, 0], { model: "m.b" })] });
    await expect(readExportedEmbeddings(file)).rejects.toMatchObject({
      code: "EMBEDDINGS_INCOMPATIBLE",
      message: expect.stringContaining(file),
    });
  });

  it("rejects a truncated matrix, or one that does not match its labels, and names a missing file", async () => {
    const header = "row,image,face,x,y,width,height\n";
    await expect(readExportedEmbeddings(await npy([[1, 0]], header))).rejects.toThrow("has 1 rows");
    const file = await npy([[1, 0]], `${header}0,a.jpg,0,0,0,1,1\n`);
    await writeFile(file, "text");
    await expect(readExportedEmbeddings(file)).rejects.toThrow("is not a NumPy file");
    await expect(readExportedEmbeddings(join(folder, "no.jsonl"))).rejects.toMatchObject({ code: "FILE_NOT_READABLE" });
    await expect(readExportedEmbeddings(join(folder, "no.npy"))).rejects.toMatchObject({ code: "FILE_NOT_READABLE" });
  });
});
