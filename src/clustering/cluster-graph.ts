/**
 * Neighbourhood of clusters during pairwise merging. A cluster is a number; a merged one gets the next
 * number and the neighbours of both parts, and entries of the parts become invalid.
 */
export class ClusterGraph {
  /** [2n] cluster that contains this one; itself if not merged */
  readonly #into: Uint32Array;
  /** [2n] last cluster among whose neighbours this one was counted */
  readonly #countedFor: Uint32Array;
  /** neighbours at the time of recording; they may have been merged since */
  readonly #near: number[][] = [];

  /** @param clusters initial number: 0 … clusters - 1 */
  constructor(clusters: number) {
    this.#into = Uint32Array.from({ length: 2 * clusters }, (_, cluster) => cluster);
    this.#countedFor = new Uint32Array(2 * clusters);
    for (let cluster = 0; cluster < clusters; cluster++) this.#near.push([]);
  }

  /** Makes a and b neighbours. */
  connect(a: number, b: number): void {
    (this.#near[a] as number[]).push(b);
    (this.#near[b] as number[]).push(a);
  }

  /** Whether a cluster has not been merged into another. */
  isLive(cluster: number): boolean {
    return this.#into[cluster] === cluster;
  }

  /** @returns the merged cluster */
  join(a: number, b: number): number {
    const joined = this.#near.length;
    this.#into[a] = joined;
    this.#into[b] = joined;
    const own: number[] = [];
    this.#near.push(own);
    for (const part of [a, b]) {
      for (const noted of this.#near[part] as number[]) {
        const neighbour = this.#now(noted);
        if (neighbour === joined || this.#countedFor[neighbour] === joined) continue;
        this.#countedFor[neighbour] = joined;
        own.push(neighbour);
      }
      this.#near[part] = [];
    }
    return joined;
  }

  /** Neighbours of a cluster just created by `join`. */
  neighboursOf(joined: number): readonly number[] {
    return this.#near[joined] as number[];
  }

  /** Cluster that contains this one now, with path halving. */
  #now(cluster: number): number {
    let at = cluster;
    while (this.#into[at] !== at) {
      const up = this.#into[this.#into[at] as number] as number;
      this.#into[at] = up;
      at = up;
    }
    return at;
  }
}
