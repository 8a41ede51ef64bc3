/**
 * Agglomerative clustering by average linkage, for the faces of an album: what the paper groups personal
 * photographs with (section 5.8), and the slow, obvious one. It takes the whole distance matrix and O(n^3)
 * time: fine to a few hundred faces, not meant for more.
 */

export type AverageLinkageOptions = {
  /** Pairs that are never of one group, as two faces in one photograph never are of one person. Must be symmetric. */
  readonly cannotLink?: (a: number, b: number) => boolean;
};

/**
 * Joins the two groups whose members lie closest on average, again and again, while that average is at most
 * `threshold`. Averages bridge one bad picture of a person without chaining strangers together as the single
 * nearest pair would. Of equally close groups those that stand first in the matrix join first.
 *
 * @param distances [n, n] symmetric, in any unit; only what is above the diagonal is read
 * @param threshold in the unit of `distances`; one exactly at the threshold joins
 * @returns every index in one group: the largest group first, of equal ones that with the smallest index; indices ascend
 * @throws RangeError when `distances` is not square
 * @example
 * averageLinkage([[0, 0.4, 2], [0.4, 0, 2], [2, 2, 0]], 1); // [[0, 1], [2]]
 */
export function averageLinkage(
  distances: readonly (readonly number[])[],
  threshold: number,
  { cannotLink = () => false }: AverageLinkageOptions = {},
): number[][] {
  // Mean distances between groups, above the diagonal. Infinity forbids, and stays: no mean with it is finite.
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

/** Group b goes into group a; the means to all others follow from the two old ones (Lance and Williams). */
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
