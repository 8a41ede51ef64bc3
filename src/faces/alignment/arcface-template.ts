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
