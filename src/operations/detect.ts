import * as z from "zod";
import { DetectedImage } from "../schemas/face.ts";
import { faceOption, images, lookOptions, modelOptions } from "../schemas/options.ts";
import { defineStream } from "./operation.ts";

export const detect = defineStream({
  name: "detect",
  summary: "Detects faces in photographs: box, landmarks, confidence and quality",
  positionals: ["images"],
  examples: [{ command: "facenet detect party.jpg --json", says: "one JSON object per photograph" }],
  input: z.strictObject({ images, ...lookOptions, faces: faceOption, ...modelOptions }),
  output: DetectedImage,
  async *run(input, { load, signal, onProgress }) {
    const facenet = await load(input);
    yield* facenet.detect(input.images, { ...input, signal, onProgress });
  },
});
