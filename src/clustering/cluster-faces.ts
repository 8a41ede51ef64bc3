/** Clusters a k-NN graph with any of the algorithms, in this thread or a worker: seconds of work for 100,000 faces. */
import { runInThread } from "../engine/threads.ts";
import { seededRandom } from "../metric/seeded-random.ts";
import { agglomerative } from "./agglomerative.ts";
import { chineseWhispers } from "./chinese-whispers.ts";
import { dbscan } from "./dbscan.ts";
import { type KnnGraph, withOffsets } from "./knn-graph.ts";
import type { ClusteringOptions } from "./poor-faces.ts";

export const clusteringAlgorithms = ["agglomerative", "chinese-whispers", "dbscan"] as const;
export type ClusteringAlgorithm = (typeof clusteringAlgorithms)[number];

export type ClusterFacesOptions = ClusteringOptions & {
  readonly algorithm: ClusteringAlgorithm;
  readonly thresholdSquaredL2: number;
  /** for the order in which Chinese whispers visits faces */
  readonly seed: number;
  /** [n] added to every distance of a face, by score normalisation. Default: zeros. */
  readonly offsets?: Float32Array | undefined;
};

/**
 * @param vectors [n, dimensions] unit length, in the order of the graph
 * @returns [n] cluster of each face; -1 for none
 */
export function clusterFaces(
  plain: KnnGraph,
  vectors: Float32Array,
  { algorithm, seed, ...options }: ClusterFacesOptions,
): Int32Array {
  const graph = options.offsets ? withOffsets(plain, options.offsets) : plain;
  switch (algorithm) {
    case "agglomerative":
      return agglomerative(graph, vectors, options);
    case "chinese-whispers":
      return chineseWhispers(graph, { ...options, random: seededRandom(seed) });
    case "dbscan":
      return dbscan(graph, options);
    default:
      algorithm satisfies never;
      throw new TypeError("unknown clustering algorithm");
  }
}

export type ClusterJob = {
  readonly graph: KnnGraph;
  readonly vectors: Float32Array;
  readonly options: ClusterFacesOptions;
};

/**
 * {@link clusterFaces} in a worker thread. The job's arrays are transferred: they are empty afterwards.
 *
 * @throws FaceNetError INTERNAL; the signal's reason
 */
export function clusterInThread(job: ClusterJob, signal?: AbortSignal): Promise<Int32Array> {
  const arrays = [job.graph.neighbours, job.graph.distances, job.vectors];
  const transferList = arrays.map(({ buffer }) => buffer).filter((buffer) => buffer instanceof ArrayBuffer);
  return runInThread({ entry: "./cluster-thread", base: import.meta.url, data: job, transferList, signal });
}
