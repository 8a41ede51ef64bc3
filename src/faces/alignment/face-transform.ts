/** Transform from a detected face to the model's input, as its manifest describes it. */
import type { Affine } from "../../image/warp.ts";
import { type Detection, landmarkPoints } from "../../schemas/face.ts";
import type { Alignment } from "../../schemas/model-manifest.ts";
import { inverse, similarityTransform } from "./similarity.ts";

/**
 * Transform from points of the cut-out (`width` x `height` pixels) to points of the photograph.
 *
 * "similarity" maps the five landmarks onto the template. "crop" follows the FaceNet reference
 * implementation's align_dataset_mtcnn: the box grown by half the margin on each side, in pixels of the
 * photograph, clamped to the photograph and scaled to the square without rotation.
 */
export function faceTransform(
  { box, landmarks }: Detection,
  alignment: Alignment,
  cutOut: { readonly width: number; readonly height: number },
  photograph: { readonly width: number; readonly height: number },
): Affine {
  switch (alignment.kind) {
    case "similarity": {
      // Templates are given with the first pixel's centre at (0, 0).
      const template = alignment.template.map(([x, y]) => ({ x: x + 0.5, y: y + 0.5 }));
      return inverse(similarityTransform(landmarkPoints(landmarks), template));
    }
    case "crop": {
      const half = alignment.margin / 2;
      const left = Math.max(0, box.x - half);
      const top = Math.max(0, box.y - half);
      const right = Math.min(photograph.width, box.x + box.width + half);
      const bottom = Math.min(photograph.height, box.y + box.height + half);
      return [(right - left) / cutOut.width, 0, left, 0, (bottom - top) / cutOut.height, top];
    }
    default:
      alignment satisfies never;
      throw new TypeError("alignment of unknown kind");
  }
}
