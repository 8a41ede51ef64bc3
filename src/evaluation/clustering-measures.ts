/**
 * Agreement of clusters with people. Pairwise measures count pairs of faces, so people weigh by the square of their number of
 * faces; B-cubed (Bagga and Baldwin 1998; Amigó et al. 2009) counts faces. All are computed from the contingency table of
 * clusters and people, never from single pairs.
 */

/** Each 0 to 1; `f` is the harmonic mean of the two. */
export type PrecisionRecall = { readonly precision: number; readonly recall: number; readonly f: number };

export type ClusteringMeasures = {
  readonly faces: number;
  readonly people: number;
  /** Number of clusters, including those of one face. */
  readonly clusters: number;
  readonly clustersOfOne: number;
  /** Share of same-cluster pairs that are the same person, and of same-person pairs in the same cluster. 1 without such pairs. */
  readonly pairwise: PrecisionRecall;
  /** Means over faces: share of the face's cluster that is its person, and share of its person that is in its cluster. */
  readonly bCubed: PrecisionRecall;
  /** Mutual information over the mean of the two entropies, 0 to 1; 1 where both are zero. */
  readonly normalizedMutualInformation: number;
};

/**
 * @param labels [n] cluster of each face; a negative value is a separate cluster
 * @param people [n] person of each face; likewise
 * @throws RangeError for different lengths, or no faces
 * @example
 * computeClusteringMeasures([0, 0, 1], [5, 5, 5]).bCubed.recall; // (2 / 3 + 2 / 3 + 1 / 3) / 3
 */
export function computeClusteringMeasures(labels: ArrayLike<number>, people: ArrayLike<number>): ClusteringMeasures {
  const faces = labels.length;
  if (people.length !== faces) throw new RangeError(`clustering measures: ${faces} labels, ${people.length} people`);
  if (faces === 0) throw new RangeError("clustering measures require at least one face");
  const clusterSizes = new Map<number, number>();
  const personSizes = new Map<number, number>();
  const common = new Map<number, Map<number, number>>();
  for (let face = 0; face < faces; face++) {
    const [cluster, person] = [alone(labels[face] as number, face), alone(people[face] as number, face)];
    count(clusterSizes, cluster);
    count(personSizes, person);
    const own = common.get(cluster) ?? new Map<number, number>();
    common.set(cluster, own);
    count(own, person);
  }

  let [samePairs, precision, recall, information] = [0, 0, 0, 0];
  for (const [cluster, own] of common) {
    const inCluster = clusterSizes.get(cluster) as number;
    for (const [person, both] of own) {
      const ofPerson = personSizes.get(person) as number;
      samePairs += pairsOf(both);
      precision += both ** 2 / inCluster / faces;
      recall += both ** 2 / ofPerson / faces;
      information += (both / faces) * Math.log((both * faces) / (inCluster * ofPerson));
    }
  }
  const clusterPairs = sum(clusterSizes, pairsOf);
  const personPairs = sum(personSizes, pairsOf);
  const entropies = sum(clusterSizes, (size) => entropyOf(size / faces)) + sum(personSizes, (size) => entropyOf(size / faces));
  return {
    faces,
    people: personSizes.size,
    clusters: clusterSizes.size,
    clustersOfOne: sum(clusterSizes, (size) => (size === 1 ? 1 : 0)),
    pairwise: precisionRecall(share(samePairs, clusterPairs), share(samePairs, personPairs)),
    bCubed: precisionRecall(precision, recall),
    normalizedMutualInformation: entropies === 0 ? 1 : Math.max(0, Math.min(1, (2 * information) / entropies)),
  };
}

/** Unique label for a face in no cluster. */
function alone(label: number, face: number): number {
  return label < 0 ? -1 - face : label;
}

function count(counts: Map<number, number>, key: number): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function sum(sizes: ReadonlyMap<number, number>, term: (size: number) => number): number {
  let total = 0;
  for (const size of sizes.values()) total += term(size);
  return total;
}

function pairsOf(size: number): number {
  return (size * (size - 1)) / 2;
}

function entropyOf(probability: number): number {
  return -probability * Math.log(probability);
}

function share(part: number, whole: number): number {
  return whole === 0 ? 1 : part / whole;
}

function precisionRecall(precision: number, recall: number): PrecisionRecall {
  return { precision, recall, f: precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall) };
}
