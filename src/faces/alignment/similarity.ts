/**
 * Similarity transform (rotation, scale, translation; no reflection) that maps one set of points to another with
 * least squared error (Umeyama 1991). In the plane it has a closed form: with z' = p z + q over complex
 * numbers, p and q solve a linear regression.
 */
import type { Affine } from "../../image/warp.ts";
import type { Point } from "../../schemas/face.ts";

/**
 * @param from at least two points, not all the same
 * @param to the same number of points
 * @returns the matrix that maps `from` to `to`
 */
export function similarityTransform(from: readonly Point[], to: readonly Point[]): Affine {
  const n = from.length;
  if (n < 2 || to.length !== n) throw new RangeError(`similarity: needs two or more pairs of points, got ${n} and ${to.length}`);
  const centre = (points: readonly Point[]) => ({
    x: points.reduce((sum, { x }) => sum + x, 0) / n,
    y: points.reduce((sum, { y }) => sum + y, 0) / n,
  });
  const [a, b] = [centre(from), centre(to)];
  let real = 0;
  let imaginary = 0;
  let spread = 0;
  for (let i = 0; i < n; i++) {
    const [s, t] = [from[i] as Point, to[i] as Point];
    const [sx, sy, tx, ty] = [s.x - a.x, s.y - a.y, t.x - b.x, t.y - b.y];
    real += sx * tx + sy * ty;
    imaginary += sx * ty - sy * tx;
    spread += sx * sx + sy * sy;
  }
  if (spread === 0) throw new RangeError("similarity: the points to map from are all the same");
  const cos = real / spread;
  const sin = imaginary / spread;
  return [cos, -sin, b.x - cos * a.x + sin * a.y, sin, cos, b.y - sin * a.x - cos * a.y];
}

/** Inverse transform. @throws RangeError if there is none. */
export function inverse([a, b, c, d, e, f]: Affine): Affine {
  const determinant = a * e - b * d;
  if (determinant === 0) throw new RangeError("similarity: the transform has no inverse");
  const [ia, ib, id, ie] = [e / determinant, -b / determinant, -d / determinant, a / determinant];
  return [ia, ib, -(ia * c + ib * f), id, ie, -(id * c + ie * f)];
}

/** Applies a transform to a point. */
export function transformed([a, b, c, d, e, f]: Affine, { x, y }: Point): Point {
  return { x: a * x + b * y + c, y: d * x + e * y + f };
}
