/**
 * Agglomerative clustering by average linkage, for the faces of an album: the paper's method for personal
 * photographs (section 5.8), in its direct form. It uses the whole distance matrix and O(n^3)
 * time: suitable for a few hundred faces.
 */

export type AverageLinkageOptions = {
  /** Pairs that must not share a cluster, such as two faces in one photograph. Must be symmetric. */
  readonly cannotLink?: (a: number, b: number) => boolean;
};

/**
 * Repeatedly merges the two clusters whose members are closest on average, while that average is at most
 * `threshold`. Averages tolerate one bad image of a person without chaining different people together, as single
 * linkage would. Equally close clusters are merged in matrix order.
 *
 * @param distances [n, n] symmetric, in any unit; only the upper triangle is read
 * @param threshold inclusive, in the unit of `distances`
 * @returns a partition of the indices: largest cluster first, equal sizes by smallest index; indices ascend
 * @throws RangeError if `distances` is not square
 * @example
 * averageLinkage([[0, 0.4, 2], [0.4, 0, 2], [2, 2, 0]], 1); // [[0, 1], [2]]
 */
export function averageLinkage(
  distances: readonly (readonly number[])[],
  threshold: number,
  { cannotLink = () => false }: AverageLinkageOptions = {},
): number[][] {
  // Mean distances between clusters, upper triangle. Infinity forbids a merge and persists: every mean with it is infinite.
  const linkage = distances.map((row, a) => {
    if (row.length !== distances.length)
      throw new RangeError(`distances must be square, row ${a} has ${row.length} of ${distances.length}`);
    return row.map((distance, b) => (b > a && cannotLink(a, b) ? Number.POSITIVE_INFINITY : distance));
  });
  const groups: (number[] | undefined)[] = distances.map((_, index) => [index]);
  for (;;) {
    const closest = closestPair(linkage, groups);
    if (!closest || closest.distance > threshold) break;
    join(linkage, groups, closest.a, closest.b);
  }
  const joined = groups.filter((group) => group !== undefined).map((group) => group.sort((a, b) => a - b));
  return joined.sort((a, b) => b.length - a.length || (a[0] as number) - (b[0] as number));
}

type Groups = readonly (readonly number[] | undefined)[];

function closestPair(
  linkage: readonly (readonly number[])[],
  groups: Groups,
): { a: number; b: number; distance: number } | undefined {
  let closest: { a: number; b: number; distance: number } | undefined;
  for (let a = 0; a < groups.length; a++) {
    if (!groups[a]) continue;
    for (let b = a + 1; b < groups.length; b++) {
      if (!groups[b]) continue;
      const distance = between(linkage, a, b);
      if (distance < (closest?.distance ?? Number.POSITIVE_INFINITY)) closest = { a, b, distance };
    }
  }
  return closest;
}

/** Merges cluster b into a; the means to all others follow from the two old ones (Lance and Williams). */
function join(linkage: number[][], groups: (number[] | undefined)[], a: number, b: number): void {
  const [first, second] = [groups[a] as number[], groups[b] as number[]];
  const size = first.length + second.length;
  for (let other = 0; other < groups.length; other++) {
    if (!groups[other] || other === a || other === b) continue;
    const mean = (first.length * between(linkage, a, other) + second.length * between(linkage, b, other)) / size;
    (linkage[Math.min(a, other)] as number[])[Math.max(a, other)] = mean;
  }
  groups[a] = [...first, ...second];
  groups[b] = undefined;
}

function between(linkage: readonly (readonly number[])[], a: number, b: number): number {
  return (linkage[Math.min(a, b)] as readonly number[])[Math.max(a, b)] as number;
}
