import type { Alignment } from "../../schemas/model-manifest.ts";

/**
 * Where the five landmarks lie in a 112 x 112 face (the template of ArcFace and MobileFaceNet, first
 * pixel's centre at (0, 0)): left eye, right eye, nose, left and right corner of the mouth.
 */
export const arcfaceTemplate = [
  [38.2946, 51.6963],
  [73.5318, 51.5014],
  [56.0252, 71.7366],
  [41.5493, 92.3655],
  [70.7299, 92.2041],
] as const;

export const ARCFACE_SIDE = 112;

/** The alignment by that template, as manifests state it. */
export const arcfaceAlignment: Extract<Alignment, { kind: "similarity" }> = {
  kind: "similarity",
  template: arcfaceTemplate.map(([x, y]): [number, number] => [x, y]) as Template,
};
type Template = Extract<Alignment, { kind: "similarity" }>["template"];
