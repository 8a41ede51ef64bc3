/**
 * Videos as YouTube Faces compares them (FaceNet section 5.7): the mean distance over all pairs of a frame of one and a
 * frame of the other. Of unit vectors that mean is 2 - 2 (x · y), x and y being the means of the frames' vectors, so no
 * pair of frames has to be looked at.
 */
import type { EmbeddingMatrix } from "../metric/embedding-matrix.ts";

/** [videos] the mean of each video's unit vectors; its length is below 1 where frames differ. */
export function meanOfFrames(embeddings: EmbeddingMatrix, framesOf: readonly (readonly number[])[]): Float64Array[] {
  const { rows, size } = embeddings;
  return framesOf.map((frames) => {
    const mean = new Float64Array(size);
    for (const frame of frames) {
      let squares = 0;
      for (let i = 0; i < size; i++) squares += (rows[frame * size + i] as number) ** 2;
      const weight = 1 / Math.sqrt(squares) / frames.length;
      for (let i = 0; i < size; i++) mean[i] = (mean[i] as number) + weight * (rows[frame * size + i] as number);
    }
    return mean;
  });
}

/** Mean squared L2 over all pairs of frames, 0 to 4. */
export function meanFrameDistance(x: Float64Array, y: Float64Array): number {
  let dot = 0;
  for (let i = 0; i < x.length; i++) dot += (x[i] as number) * (y[i] as number);
  return Math.min(4, Math.max(0, 2 - 2 * dot));
}
