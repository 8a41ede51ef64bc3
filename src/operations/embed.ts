import * as z from "zod";
import { EmbeddedImage } from "../schemas/face.ts";
import { alignedOption, faceOption, flipOption, images, lookOptions, modelOptions } from "../schemas/options.ts";
import { defineStream } from "./operation.ts";

export const embed = defineStream({
  name: "embed",
  summary: "Computes an embedding for every face in photographs",
  positionals: ["images"],
  examples: [
    { command: "facenet embed party.jpg --json", says: "one JSON object per photograph, with vector and byte code of each face" },
    {
      command: "facenet embed photos --recursive --output faces.npy",
      says: "a float32 matrix for NumPy, with labels in faces.npy.labels.csv",
    },
  ],
  input: z.strictObject({ images, ...lookOptions, faces: faceOption, flip: flipOption, aligned: alignedOption, ...modelOptions }),
  output: EmbeddedImage as z.ZodType<EmbeddedImage>,
  async *run(input, { load, signal, onProgress }) {
    const facenet = await load(input);
    yield* facenet.embed(input.images, { ...input, signal, onProgress });
  },
});
