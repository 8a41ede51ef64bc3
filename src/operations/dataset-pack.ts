import { stat } from "node:fs/promises";
import * as z from "zod";
import { openFaceFolder } from "../datasets/person-folders.ts";
import { packFaces } from "../datasets/tar-shards.ts";
import { steadyProgress } from "../faces/batch.ts";
import { defineAnswer } from "./operation.ts";

export const datasetPack = defineAnswer({
  name: "dataset pack",
  summary: "Packs a folder of faces into WebDataset tar shards for training",
  positionals: ["faces", "output"],
  examples: [
    { command: "facenet dataset pack faces/ shards/", says: "shards/shard-000000.tar and so on; train with --data shards/" },
  ],
  input: z.strictObject({
    faces: z.string().describe("folder with a sub-folder for each person"),
    output: z.string().describe("folder for the shards"),
    imagesPerShard: z.int().min(1).default(10_000).describe("minimum images per shard; people are not split"),
  }),
  output: z.object({
    shards: z.array(z.object({ file: z.string(), bytes: z.int() })),
    people: z.int(),
    images: z.int(),
  }),
  async run({ faces, output, imagesPerShard }, { signal, onProgress }) {
    const set = await openFaceFolder(faces);
    const count = steadyProgress("images", set.images.length, onProgress);
    const files = await packFaces(set, output, { imagesPerShard, signal, onProgress: count });
    const shards = await Promise.all(files.map(async (file) => ({ file, bytes: (await stat(file)).size })));
    return { shards, people: set.people.length, images: set.images.length };
  },
});
