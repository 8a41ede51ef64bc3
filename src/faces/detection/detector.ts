import type { Pyramid } from "../../image/pyramid.ts";
import type { Detection } from "../../schemas/face.ts";

export type DetectOptions = {
  /** Smallest face to look for: side of its box in pixels of the photograph. */
  readonly minFaceSize: number;
  /** Faces the detector is less sure of are left out, 0 to 1. */
  readonly minConfidence: number;
};

/** Finds faces with their five landmarks. Every detector gives the same kind of box: tight around the face. */
export type Detector = {
  readonly id: string;
  /** Faces, the surest first. Coordinates are pixels of the pyramid's picture. */
  detect(pyramid: Pyramid, options: DetectOptions): Promise<Detection[]>;
  dispose(): Promise<void>;
};
