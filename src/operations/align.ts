import * as z from "zod";
import type { AlignOptions } from "../faces/facenet.ts";
import { DetectedImage, Face } from "../schemas/face.ts";
import type { RgbImage } from "../schemas/image-source.ts";
import { faceOption, images, lookOptions, modelOptions } from "../schemas/options.ts";
import { defineStream } from "./operation.ts";

/** The crop of the FaceNet reference implementation (align_dataset_mtcnn.py): its defaults of size and margin. */
const reference = { size: 160, margin: 44 } as const;

const crop = z.custom<RgbImage>().describe("the aligned face: width, height and interleaved RGB bytes");

export const align = defineStream({
  name: "align",
  summary: "Crops faces from photographs, aligned and of uniform size",
  positionals: ["images"],
  examples: [
    { command: "facenet align party.jpg --output faces", says: "faces/party_0.png and so on, aligned as for the model" },
    {
      command: "facenet align party.jpg --output faces --image-size 160 --margin 32",
      says: "unrotated crops as in the FaceNet reference implementation",
    },
  ],
  input: z.strictObject({
    images,
    imageSize: z
      .int()
      .min(8)
      .max(4096)
      .optional()
      .describe("side in pixels of a reference crop, in place of the model's own (with --margin alone: 160)"),
    margin: z
      .number()
      .min(0)
      .max(10_000)
      .optional()
      .describe("margin of a reference crop in pixels, half on each side (with --image-size alone: 44)"),
    ...lookOptions,
    faces: faceOption,
    ...modelOptions,
  }),
  output: DetectedImage.extend({ faces: z.array(Face.extend({ crop })) }),
  async *run(input, { load, signal, onProgress }) {
    const facenet = await load(input);
    yield* facenet.align(input.images, { ...input, cutOut: referenceCutOut(input), signal, onProgress });
  },
});

/** The reference crop for size and margin; undefined (the model's own alignment) if neither is given. */
export function referenceCutOut({
  imageSize,
  margin,
}: {
  imageSize?: number | undefined;
  margin?: number | undefined;
}): AlignOptions["cutOut"] {
  if (imageSize === undefined && margin === undefined) return undefined;
  return { size: imageSize ?? reference.size, alignment: { kind: "crop", margin: margin ?? reference.margin } };
}
