/** How far apart a batch lies: what tells a network that learns from one that has collapsed into a point. */

export type BatchSpread = {
  /** Mean squared L2 over the pairs of one person; null where there is no such pair. */
  readonly positiveDistance: number | null;
  /** Mean squared L2 over the pairs of two people; null where there is no such pair. */
  readonly negativeDistance: number | null;
};

/**
 * @param distances [n, n]
 * @param labels [n]
 */
export function batchSpread(distances: Float32Array, labels: ArrayLike<number>): BatchSpread {
  const n = labels.length;
  let [near, far, same, different] = [0, 0, 0, 0];
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const distance = distances[i * n + j] as number;
      if (labels[i] === labels[j]) {
        near += distance;
        same++;
      } else {
        far += distance;
        different++;
      }
    }
  }
  return {
    positiveDistance: same === 0 ? null : near / same,
    negativeDistance: different === 0 ? null : far / different,
  };
}
