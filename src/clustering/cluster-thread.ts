/** Entry of a worker thread that clusters faces once and ends. */
import { parentPort, workerData } from "node:worker_threads";
import { type ClusterFacesOptions, clusterFaces } from "./cluster-faces.ts";
import type { KnnGraph } from "./knn-graph.ts";

export type ClusterJob = {
  readonly graph: KnnGraph;
  readonly vectors: Float32Array;
  readonly options: ClusterFacesOptions;
};

const { graph, vectors, options } = workerData as ClusterJob;
parentPort?.postMessage(clusterFaces(graph, vectors, options));
