import { join } from "node:path";
import { beforeEach, expect, it } from "vitest";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { GraphBuilder } from "../engine/graph/graph-builder.ts";
import { OnnxNetwork } from "../engine/onnx-network.ts";
import { appendHead, type ModelDescription, writeModelFolder } from "./model-folder.ts";
import { locateModel, readModelFile } from "./model-store.ts";

let folder: string;
beforeEach(async () => {
  folder = await temporaryFolder("model");
});

const description: ModelDescription = {
  id: "tiny.v1",
  summary: "for this test",
  licence: "MIT",
  origin: { package: "own training", training: "nothing" },
  input: {
    width: 8,
    height: 8,
    layout: "nchw",
    channels: "rgb",
    normalization: "fixed",
    mean: [127.5, 127.5, 127.5],
    scale: 1 / 128,
    batch: "any",
  },
  alignment: { kind: "crop", margin: 44 },
  embedding: { size: 4, metric: "squared-l2", codeScale: 0.01, mirrored: false, compared: "bytes" },
  thresholds: [{ far: 0.001, distance: 1 }],
  calibratedOn: "nothing",
  measured: [],
};

it("writes a folder that the model store finds and verifies", async () => {
  await writeModelFolder(join(folder, "model"), description, Uint8Array.of(1, 2, 3));
  const located = await locateModel("embedding", `${folder}/model`);
  expect(located.manifest).toMatchObject({ ...description, model: { file: "model.onnx", bytes: 3 } });
  expect([...(await readModelFile(located, located.manifest.model))]).toEqual([1, 2, 3]);
});

it("multiplies the network's output by the head", async () => {
  const graph = new GraphBuilder();
  graph.op("Mul", ["x", graph.weight([1], [2])], {}, "y");
  const bytes = graph.build({ x: ["n", 3] }, { y: ["n", 3] });
  const weights = Float32Array.of(1, 0, 0, 0, 1, -1); // [2, 3]
  const headed = appendHead(bytes, { size: 2, inputs: 3, weights });
  const network = await OnnxNetwork.create(headed, { threads: 1 });
  const outputs = await network.run({ x: { data: Float32Array.of(5, 7, 1, 1, 2, 3), dims: [2, 3] } });
  await network.dispose();
  expect(Object.keys(outputs)).toEqual(["head.embedding"]);
  expect([...(outputs["head.embedding"]?.data ?? [])]).toEqual([10, 12, 2, -2]);
});
