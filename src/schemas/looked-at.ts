/** What comes back for one photograph. */
import * as z from "zod";
import { Embedding, Face } from "./face.ts";
import type { RgbImage } from "./pixels.ts";

const common = {
  image: z.string().describe("the path as given, or what the source was"),
  width: z.int().describe("pixels of the upright photograph"),
  height: z.int().describe("pixels of the upright photograph"),
};

/** A photograph with its faces. Coordinates are pixels of the upright image. */
export const DetectedImage = z.object({ ...common, faces: z.array(Face).describe("the surest first") });
export type DetectedImage = z.infer<typeof DetectedImage>;

/** A face with its cut-out, RGB. */
export type AlignedFace = Face & { readonly crop: RgbImage };
/** A photograph with the cut-outs of its faces. */
export type AlignedImage = Omit<DetectedImage, "faces"> & { readonly faces: AlignedFace[] };

/** A face with its embedding. */
export const EmbeddedFace = Face.extend({ embedding: Embedding });
export type EmbeddedFace = Face & { readonly embedding: Embedding };
/** A photograph with the embeddings of its faces. */
export const EmbeddedImage = z.object({ ...common, faces: z.array(EmbeddedFace) });
export type EmbeddedImage = Omit<DetectedImage, "faces"> & { readonly faces: EmbeddedFace[] };
