/**
 * Yaw, pitch and roll of a head from its five landmarks, by fitting a generic face in scaled orthographic
 * projection (POS; DeMenthon and Davis 1995). Accurate to about ten degrees: enough to reject profile views.
 */

import { type Landmarks, landmarkPoints } from "../../schemas/face.ts";
import { arcfaceTemplate } from "../alignment/arcface-template.ts";

export type HeadPose = {
  /** rotation to the side; 0 frontal, positive towards the viewer's right */
  readonly yawDegrees: number;
  /** 0 level, positive looking down */
  readonly pitchDegrees: number;
  /** in-plane rotation, clockwise positive */
  readonly rollDegrees: number;
};

type Vector = readonly [number, number, number];

/** Depth of eyes, nose tip and mouth corners towards the viewer, in the template's pixels (about 1.8 mm). */
const depths = [0, 0, 18, 4, 4] as const;

/** Generic face: the frontal template with depth, centred. x right, y down, z towards the viewer. */
export const genericFace: readonly Vector[] = (() => {
  const points = arcfaceTemplate.map(([x, y], i): Vector => [x, y, depths[i] as number]);
  const mean = (axis: 0 | 1 | 2) => points.reduce((sum, p) => sum + p[axis], 0) / points.length;
  const [mx, my, mz] = [mean(0), mean(1), mean(2)];
  return points.map(([x, y, z]): Vector => [x - mx, y - my, z - mz]);
})();

export function headPose(landmarks: Landmarks): HeadPose {
  const points = landmarkPoints(landmarks);
  const row = (values: readonly number[]) => solve(values);
  const [i, j] = [row(points.map(({ x }) => x)), row(points.map(({ y }) => y))];
  const scale = (length(i) + length(j)) / 2;
  if (scale === 0) return { yawDegrees: 0, pitchDegrees: 0, rollDegrees: 0 };
  const right = i.map((v) => v / scale) as unknown as Vector; // first row of the rotation
  const down = j.map((v) => v / scale) as unknown as Vector;
  const forward = cross(right, down);
  return {
    // Rotation order pitch, yaw, roll: in the head's frame, so that yaw and pitch do not depend on roll.
    yawDegrees: degrees(Math.asin(clamp(-forward[0]))),
    pitchDegrees: degrees(Math.atan2(-forward[1], forward[2])),
    rollDegrees: degrees(Math.atan2(down[0], right[0])),
  };
}

/** Least squares: the vector v whose products `genericFace . v` are closest to `values` (about their mean). */
function solve(values: readonly number[]): Vector {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const m = [0, 1, 2].map((r) =>
    [0, 1, 2].map((c) => genericFace.reduce((sum, p) => sum + (p[r] as number) * (p[c] as number), 0)),
  );
  const b = [0, 1, 2].map((r) =>
    genericFace.reduce((sum, p, k) => sum + (p[r] as number) * ((values[k] as number) - mean), 0),
  ) as unknown as Vector;
  const [r0, r1, r2] = m as unknown as [Vector, Vector, Vector];
  const determinant = dot(r0, cross(r1, r2));
  // Cramer's rule; the matrix is symmetric, so rows serve as columns.
  return [dot(b, cross(r1, r2)) / determinant, dot(r0, cross(b, r2)) / determinant, dot(r0, cross(r1, b)) / determinant];
}

const dot = (a: Vector, b: Vector): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const cross = (a: Vector, b: Vector): Vector => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
const length = (a: Vector): number => Math.sqrt(dot(a, a));
const clamp = (value: number): number => Math.max(-1, Math.min(1, value));
const degrees = (radians: number): number => (radians * 180) / Math.PI;
