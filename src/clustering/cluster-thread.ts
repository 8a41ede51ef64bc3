/** Worker thread that clusters faces. */
import { answerInThread } from "../engine/threads.ts";
import { type ClusterJob, clusterFaces } from "./cluster-faces.ts";

await answerInThread(({ graph, vectors, options }: ClusterJob) => clusterFaces(graph, vectors, options));
