import * as z from "zod";
import { alignedOption, decisionOptions, faceOption, flipOption, images, lookOptions, modelOptions } from "../schemas/options.ts";
import { Comparison } from "../schemas/verdict.ts";
import { defineAnswer } from "./operation.ts";

export const compare = defineAnswer({
  name: "compare",
  summary: "Computes the distances between all faces of several photographs",
  positionals: ["images"],
  examples: [{ command: "facenet compare a.jpg b.jpg c.jpg", says: "a distance matrix that marks the matches" }],
  input: z.strictObject({
    images,
    faces: faceOption,
    ...decisionOptions,
    ...lookOptions,
    flip: flipOption,
    aligned: alignedOption,
    ...modelOptions,
  }),
  output: Comparison,
  async run(input, { load, signal, onProgress }) {
    const facenet = await load(input);
    return facenet.compare(input.images, { ...input, signal, onProgress });
  },
});
