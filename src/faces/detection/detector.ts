import type { Detection } from "../../schemas/face.ts";
import type { Photograph } from "../photograph.ts";

export type DetectOptions = {
  /** Smallest face to find: side of its box in pixels of the photograph. */
  readonly minFaceSize: number;
  /** Minimum confidence, 0 to 1. */
  readonly minConfidence: number;
};

/** Finds faces with their five landmarks. All detectors give the same kind of box: tight around the face. */
export type Detector = {
  readonly id: string;
  /** Faces by decreasing confidence. Coordinates are pixels of the full upright photograph. */
  detect(photograph: Photograph, options: DetectOptions): Promise<Detection[]>;
  /**
   * Scale of the standard detection passes, as a share of the photograph's resolution: cut-outs have at least this
   * scale, whether the faces were detected or given.
   */
  detail(photograph: Pick<Photograph, "width" | "height">, options: Pick<DetectOptions, "minFaceSize">): number;
  dispose(): Promise<void>;
};
