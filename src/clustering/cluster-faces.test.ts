import { describe, expect, it } from "vitest";
import { computeKnnGraph } from "../../test/naive-knn-graph.ts";
import { type ClusterFacesOptions, clusterFaces, clusterInThread, clusteringAlgorithms } from "./cluster-faces.ts";

/** Two people with two faces each, orthogonal. */
const vectors = () => Float32Array.of(1, 0, 0.96, 0.28, 0, 1, 0.28, 0.96);
const job = (options: ClusterFacesOptions) => ({ graph: computeKnnGraph(vectors(), 2, 3), vectors: vectors(), options });

describe("clusterInThread", () => {
  it.each(clusteringAlgorithms)("gives the result of %s, constraints included", async (algorithm) => {
    const options = { algorithm, thresholdSquaredL2: 0.5, seed: 1, constraints: { cannotLink: [[0, 1]] as const } };
    const expected = clusterFaces(job(options).graph, vectors(), options);
    expect(await clusterInThread(job(options))).toEqual(expected);
    expect(expected[0]).not.toBe(expected[1]);
  });

  it("reports errors, and stops on abort", async () => {
    const wrong = { ...job({ algorithm: "agglomerative", thresholdSquaredL2: 1, seed: 1 }), vectors: new Float32Array(3) };
    await expect(clusterInThread(wrong)).rejects.toMatchObject({ code: "INTERNAL" });
    const options = { algorithm: "dbscan", thresholdSquaredL2: 1, seed: 1 } as const;
    const controller = new AbortController();
    const running = clusterInThread(job(options), controller.signal);
    controller.abort(new Error("enough"));
    await expect(running).rejects.toThrow("enough");
  });
});
