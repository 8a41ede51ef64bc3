/** What comes back for one photograph. */
import * as z from "zod";
import { Embedding, Face } from "./face.ts";
import type { RgbImage } from "./pixels.ts";

const common = {
  image: z.string().describe("the path as given, or what the source was"),
  width: z.int().describe("pixels of the upright photograph"),
  height: z.int().describe("pixels of the upright photograph"),
};

export const DetectedImage = z.object({ ...common, faces: z.array(Face).describe("the surest first") });
export type DetectedImage = z.infer<typeof DetectedImage>;

export type AlignedFace = Face & { readonly crop: RgbImage };
export type AlignedImage = Omit<DetectedImage, "faces"> & { readonly faces: AlignedFace[] };

export const EmbeddedFace = Face.extend({ embedding: Embedding });
export type EmbeddedFace = Face & { readonly embedding: Embedding };
export const EmbeddedImage = z.object({ ...common, faces: z.array(EmbeddedFace) });
export type EmbeddedImage = Omit<DetectedImage, "faces"> & { readonly faces: EmbeddedFace[] };
