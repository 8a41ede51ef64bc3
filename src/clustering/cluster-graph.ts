/**
 * Which clusters are neighbours while they are joined two by two. A cluster is a number; a joined one gets the next
 * number and the neighbours of both its parts, and what was noted of the parts is void.
 */
export class ClusterGraph {
  /** [2n] what a cluster has become part of; itself while it lives */
  readonly #into: Uint32Array;
  /** [2n] the last cluster whose neighbours this one was counted among */
  readonly #countedFor: Uint32Array;
  /** neighbours as they were when noted; they may have been joined since */
  readonly #near: number[][] = [];

  /** @param clusters how many there are before the first is joined: 0 … clusters - 1 */
  constructor(clusters: number) {
    this.#into = Uint32Array.from({ length: 2 * clusters }, (_, cluster) => cluster);
    this.#countedFor = new Uint32Array(2 * clusters);
    for (let cluster = 0; cluster < clusters; cluster++) this.#near.push([]);
  }

  /** Makes neighbours of a and b. */
  connect(a: number, b: number): void {
    (this.#near[a] as number[]).push(b);
    (this.#near[b] as number[]).push(a);
  }

  /** Whether a cluster has not been joined to another. */
  isLive(cluster: number): boolean {
    return this.#into[cluster] === cluster;
  }

  /** @returns the cluster that a and b have become */
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

  /** Neighbours of a cluster that has just been made by `join`. */
  neighboursOf(joined: number): readonly number[] {
    return this.#near[joined] as number[];
  }

  /** What a cluster is part of by now; halves the way for the next. */
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
