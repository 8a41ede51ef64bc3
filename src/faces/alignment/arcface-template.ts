import type { Alignment } from "../../schemas/model-manifest.ts";

/**
 * Positions of the five landmarks in a 112 x 112 face (the template of ArcFace and MobileFaceNet; the first
 * pixel's centre is (0, 0)): left eye, right eye, nose, left and right corner of the mouth.
 */
export const arcfaceTemplate = [
  [38.2946, 51.6963],
  [73.5318, 51.5014],
  [56.0252, 71.7366],
  [41.5493, 92.3655],
  [70.7299, 92.2041],
] as const;

export const ARCFACE_SIDE = 112;

/** Alignment to that template, in the form manifests use. */
export const arcfaceAlignment: Extract<Alignment, { kind: "similarity" }> = {
  kind: "similarity",
  template: arcfaceTemplate.map(([x, y]): [number, number] => [x, y]) as Template,
};
type Template = Extract<Alignment, { kind: "similarity" }>["template"];
