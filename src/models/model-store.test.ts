import { createHash } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { GraphBuilder } from "../engine/graph/graph-builder.ts";
import { FaceNet } from "../faces/facenet.ts";
import { locateModel, readCatalogue, readModelFile, shippedModels } from "./model-store.ts";

const folder = await temporaryFolder("models");

/** A network of 8 x 8 pictures: mean colours times a matrix of `size` rows. */
function tinyNetwork(size: number): Uint8Array {
  const graph = new GraphBuilder();
  const means = graph.op("Flatten", [graph.op("GlobalAveragePool", ["image"])], { axis: 1 });
  const weights = Float32Array.from({ length: 3 * size }, (_, i) => Math.sin(i + 1));
  graph.op("MatMul", [means, graph.weight([3, size], weights)], {}, "embedding");
  return graph.build({ image: ["n", 3, 8, 8] }, { embedding: ["n", size] });
}

const manifestOf = (file: string, bytes: Uint8Array, more: object = {}) => ({
  task: "embedding",
  id: "tiny.own",
  summary: "Means of colours.",
  licence: "MIT",
  origin: { package: "own", training: "none" },
  model: { file, sha256: createHash("sha256").update(bytes).digest("hex"), bytes: bytes.length },
  input: { width: 8, height: 8 },
  alignment: { kind: "crop" },
  embedding: { size: 4, codeScale: 0.01 },
  thresholds: [{ far: 0.001, distance: 1 }],
  calibratedOn: "nothing",
  ...more,
});

let count = 0;
/** A separate folder with `network.onnx` and, if given, `network.json`; returns the path of the .onnx. */
function ownModel({
  bytes = tinyNetwork(4),
  manifest = manifestOf("network.onnx", bytes) as unknown,
  name = "network.json",
} = {}): string {
  const place = join(folder, String(count++));
  mkdirSync(place);
  writeFileSync(join(place, "network.onnx"), bytes);
  if (manifest !== null) writeFileSync(join(place, name), typeof manifest === "string" ? manifest : JSON.stringify(manifest));
  return join(place, "network.onnx");
}

const picture = { data: Uint8Array.from({ length: 192 }, (_, i) => i), width: 8, height: 8, channels: 3 } as const;

describe("shipped models", () => {
  it("are complete and undamaged", async () => {
    const { models, defaults } = await readCatalogue();
    expect(models.map(({ id }) => id)).toEqual(expect.arrayContaining(Object.values(defaults)));
    for (const manifest of models) {
      const located = { manifest, directory: shippedModels };
      for (const file of manifest.task === "embedding" ? [manifest.model] : Object.values(manifest.networks)) {
        expect(await readModelFile(located, file)).toHaveLength(file.bytes);
      }
    }
  });

  it("are found by id, and the default without one", async () => {
    const { defaults } = await readCatalogue();
    expect((await locateModel("embedding")).manifest.id).toBe(defaults.embedding);
    expect((await locateModel("detection")).manifest.id).toBe(defaults.detection);
    expect((await locateModel("embedding", "mobilefacenet.faceplugin-512")).manifest.embedding.size).toBe(512);
  });

  it("are listed, by task, for an unknown id", async () => {
    await expect(locateModel("embedding", "facenet.2015")).rejects.toMatchObject({
      code: "MODEL_NOT_FOUND",
      message: expect.stringMatching(
        /^model facenet\.2015: unknown\. Known models: .*mobilefacenet\.faceplugin-512.*; or give the path of an \.onnx file/,
      ),
    });
    await expect(locateModel("embedding", "facenet.2015")).rejects.toMatchObject({
      message: expect.not.stringContaining("retinaface"),
    });
  });

  it("are not used for a different task", async () => {
    await expect(locateModel("embedding", "retinaface.mobilenet-025")).rejects.toMatchObject({
      code: "MODEL_WRONG_TASK",
      message: "model retinaface.mobilenet-025: is a model for detection; expected one for embedding.",
    });
  });

  it("report how to build them if missing", async () => {
    await expect(locateModel("embedding", undefined, join(folder, "nowhere"))).rejects.toMatchObject({
      code: "MODEL_MANIFEST_MISSING",
    });
  });
});

describe("a user's own model", () => {
  it.each([["network.json"], ["manifest.json"]])("is found by its path, with %s beside it, and embeds", async (name) => {
    const facenet = await FaceNet.load({ model: ownModel({ name }), threads: 1 });
    try {
      const { faces } = await facenet.embed(picture, { aligned: true });
      expect(faces[0]?.embedding).toMatchObject({ model: "tiny.own" });
      // GlobalAveragePool over (value - 127.5) / 127.5, then the matrix, scaled to length 1
      const means = [0, 1, 2].map(
        (c) => (picture.data.filter((_, i) => i % 3 === c).reduce((a, b) => a + b, 0) / 64 - 127.5) / 127.5,
      );
      const raw = [0, 1, 2, 3].map((k) => means.reduce((sum, mean, c) => sum + mean * Math.sin(c * 4 + k + 1), 0));
      for (const [k, value] of raw.entries()) expect(faces[0]?.embedding.vector[k]).toBeCloseTo(value / Math.hypot(...raw), 4);
    } finally {
      await facenet.dispose();
    }
  });

  it("is found by its folder", async () => {
    const path = ownModel({ name: "manifest.json" });
    expect((await locateModel("embedding", join(path, ".."))).manifest.id).toBe("tiny.own");
  });

  it("requires its file and its manifest", async () => {
    await expect(locateModel("embedding", join(folder, "none.onnx"))).rejects.toMatchObject({ code: "MODEL_FILE_MISSING" });
    const path = ownModel({ manifest: null });
    await expect(locateModel("embedding", path)).rejects.toMatchObject({
      code: "MODEL_MANIFEST_MISSING",
      message: expect.stringContaining("manifest.json"),
    });
  });

  const bytes = tinyNetwork(4);
  it.each<[string, unknown, string]>([
    ["no JSON", "{ id: tiny }", "JSON"],
    ["a field missing", manifestOf("network.onnx", bytes, { thresholds: undefined }), "thresholds: "],
    ["a field that is wrong inside", manifestOf("network.onnx", bytes, { input: { width: 8, height: -8 } }), "input.height: "],
    ["a field nobody knows", manifestOf("network.onnx", bytes, { licens: "MIT" }), "licens"],
    ["an id of the wrong form", manifestOf("network.onnx", bytes, { id: "Tiny" }), "id: must be architecture.tag"],
    ["another file's name", manifestOf("other.onnx", bytes), "it describes other.onnx, not network.onnx"],
  ])("whose manifest has %s is refused, naming it", async (_, manifest, words) => {
    const path = ownModel({ bytes, manifest });
    await expect(locateModel("embedding", path)).rejects.toMatchObject({
      code: "MODEL_MANIFEST_INVALID",
      message: expect.stringContaining(words),
    });
  });

  it("that was modified is rejected, with both checksums and a remedy", async () => {
    const path = ownModel();
    writeFileSync(path, tinyNetwork(5));
    const located = await locateModel("embedding", path);
    const { sha256 } = located.manifest.model;
    const actual = createHash("sha256").update(tinyNetwork(5)).digest("hex");
    const error = await readModelFile(located, located.manifest.model).catch((thrown: Error) => thrown);
    expect(error).toMatchObject({ code: "MODEL_DAMAGED", data: { actual, expected: sha256 } });
    for (const words of [path, actual, sha256, "npm run build-models", "correct the manifest"])
      expect((error as Error).message).toContain(words);
  });

  it("whose file is missing is rejected", async () => {
    const path = ownModel();
    const located = await locateModel("embedding", path);
    rmSync(path);
    await expect(readModelFile(located, located.manifest.model)).rejects.toMatchObject({
      code: "MODEL_FILE_MISSING",
      data: { file: path },
    });
  });

  it("that is not an ONNX file is rejected when loaded", async () => {
    const path = ownModel({ bytes: Buffer.from("not a network at all") });
    await expect(FaceNet.load({ model: path, threads: 1 })).rejects.toMatchObject({
      code: "MODEL_NOT_LOADABLE",
      message: expect.stringMatching(/^model tiny\.own: network\.onnx cannot be loaded by ONNX Runtime/),
    });
  });

  it("with an unexpected output size is rejected when it runs", async () => {
    const facenet = await FaceNet.load({ model: ownModel({ bytes: tinyNetwork(5) }), threads: 1 });
    try {
      await expect(facenet.embed(picture, { aligned: true })).rejects.toMatchObject({
        code: "MODEL_UNEXPECTED_OUTPUT",
        message: "model tiny.own: its output is [1,5]; its manifest declares [1,4].",
      });
    } finally {
      await facenet.dispose();
    }
  });
});
