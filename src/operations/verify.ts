import * as z from "zod";
import { FaceChoice } from "../schemas/face-choice.ts";
import { alignedOption, decisionOptions, flipOption, lookOptions, modelOptions, Photo } from "../schemas/options.ts";
import { Verdict } from "../schemas/verdict.ts";
import { defineAnswer } from "./operation.ts";

export const verify = defineAnswer({
  name: "verify",
  summary: "Are the faces in two photographs of one person?",
  positionals: ["left", "right"],
  examples: [
    {
      command: "facenet verify passport.jpg door.jpg --far 1e-4",
      says: "a verdict that takes one stranger in 10,000 for the same person",
    },
    { command: "facenet verify a.jpg b.jpg --faces largest --json", says: "the largest face of each" },
  ],
  input: z.strictObject({
    left: Photo.describe("a photograph"),
    right: Photo.describe("another"),
    faces: FaceChoice.exclude(["all"])
      .default("prominent")
      .describe(
        "which face where there are several (prominent: at least twice as large as any other, else an error; only: several are an error)",
      ),
    ...decisionOptions,
    ...lookOptions,
    flip: flipOption,
    aligned: alignedOption,
    ...modelOptions,
  }),
  output: Verdict,
  async run(input, { load, signal }) {
    const facenet = await load(input);
    return facenet.verify(input.left, input.right, { ...input, signal });
  },
});
