import { describe, expect, it } from "vitest";
import { flattening } from "../../engine/graph/layers/fully-connected.ts";
import { l2Normalisation } from "../../engine/graph/layers/normalisation.ts";
import { inferenceModel, planNetwork } from "../../engine/graph/network.ts";
import { OnnxNetwork } from "../../engine/onnx-network.ts";
import { normalize } from "../../metric/distance.ts";
import { applyLinearMap, fitLinearMap } from "../../metric/linear-map.ts";
import { seededRandom } from "../../metric/seeded-random.ts";
import type { EmbeddingManifest } from "../../schemas/model-manifest.ts";
import { headTowards, withHead } from "./base-network.ts";

describe("withHead", () => {
  it("maps the base network's embedding to the teacher's as the linear map does, unit length included", async () => {
    const random = seededRandom(3);
    const vector = (length: number) => normalize(Float32Array.from({ length }, () => random() - 0.5));
    const pairs = Array.from({ length: 60 }, (_, group) => ({ from: vector(12), to: vector(5), group }));
    const network = { name: "base", summary: "", input: { width: 2, height: 2 } };
    const layers = [flattening("rows"), l2Normalisation("L2")];
    const base = { network: { ...network, layers }, parameters: new Map(), manifest: {} as EmbeddingManifest };
    const plan = planNetwork(withHead(base, 5).network);
    expect(plan.dimensions).toBe(5);

    const images = Float32Array.from({ length: 4 * 12 }, () => 9 * random());
    const model = await OnnxNetwork.create(inferenceModel(plan, headTowards(pairs)), { threads: 1 });
    const { embeddings } = await model.run({ images: { data: images, dims: [4, 3, 2, 2] } });
    await model.dispose();
    const map = fitLinearMap(pairs);
    for (let i = 0; i < 4; i++) {
      const expected = applyLinearMap(map, normalize(images.slice(12 * i, 12 * (i + 1))));
      for (const [o, value] of expected.entries()) expect(embeddings?.data[5 * i + o]).toBeCloseTo(value, 5);
    }
  });
});
