import * as z from "zod";

/** A point in pixels of the upright image; (0, 0) is its top left corner, the first pixel's centre (0.5, 0.5). */
export const Point = z.object({ x: z.number(), y: z.number() });
export type Point = z.infer<typeof Point>;

/** A rectangle in pixels of the upright image. It may reach beyond the image's edge. */
export const Box = z.object({
  x: z.number().describe("left edge"),
  y: z.number().describe("top edge"),
  width: z.number().min(0),
  height: z.number().min(0),
});
export type Box = z.infer<typeof Box>;

/** The five points that alignment stands on. Left and right are the viewer's, not the person's. */
export const Landmarks = z.object({
  leftEye: Point,
  rightEye: Point,
  nose: Point,
  leftMouth: Point,
  rightMouth: Point,
});
export type Landmarks = z.infer<typeof Landmarks>;

/** The five points in the order that templates list them. */
export function landmarkPoints(l: Landmarks): [Point, Point, Point, Point, Point] {
  return [l.leftEye, l.rightEye, l.nose, l.leftMouth, l.rightMouth];
}
