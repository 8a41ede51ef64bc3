import type { Detection } from "../../schemas/face.ts";
import type { Photograph } from "../photograph.ts";

export type DetectOptions = {
  /** Smallest face to look for: side of its box in pixels of the photograph. */
  readonly minFaceSize: number;
  /** Faces the detector is less sure of are left out, 0 to 1. */
  readonly minConfidence: number;
};

/** Finds faces with their five landmarks. Every detector gives the same kind of box: tight around the face. */
export type Detector = {
  readonly id: string;
  /** Faces, the surest first. Coordinates are pixels of the full upright photograph. */
  detect(photograph: Photograph, options: DetectOptions): Promise<Detection[]>;
  /** Detail of its usual looks, as a share of the photograph's own: cut-outs are at least of this detail, detected or known. */
  detail(photograph: Pick<Photograph, "width" | "height">, options: Pick<DetectOptions, "minFaceSize">): number;
  dispose(): Promise<void>;
};
