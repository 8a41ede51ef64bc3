/**
 * Constraints on clustering, independent of distances: two faces of one photograph are two people, and users' corrections
 * hold. Every algorithm builds its clusters by merging faces in a {@link ConstrainedClusters}, which
 * refuses a merge that violates a constraint.
 */

/** Faces are row numbers 0 … n-1, people any integers from 0. All fields are optional. */
export type Constraints = {
  /** [n] photograph of each face; two faces of one photograph are not merged. */
  readonly photographs?: ArrayLike<number>;
  /** [n] person assigned by a user, -1 for none. Faces of one person start as one cluster; two people are never merged. */
  readonly fixed?: ArrayLike<number>;
  /** Pairs confirmed by a user as the same person. */
  readonly mustLink?: readonly (readonly [a: number, b: number])[];
  /** Pairs marked by a user as different people. */
  readonly cannotLink?: readonly (readonly [a: number, b: number])[];
  /** Faces that a user has marked as not this person: never merged with a face assigned to them or previously theirs. */
  readonly rejections?: readonly { readonly face: number; readonly person: number }[];
};

type Sets = (Set<number> | undefined)[];

/**
 * Clusters of faces that only grow, by merging two; a merge that a constraint forbids is refused, including indirect
 * conflicts through third faces. If corrections conflict, `fixed` takes precedence over `cannotLink` and `rejections`,
 * these over `mustLink`, earlier ones over later ones, and all of them over the photograph constraint (a mirror,
 * a photograph within the photograph).
 */
export class ConstrainedClusters {
  readonly size: number;
  /** Union by size; the root of a face identifies its cluster. */
  readonly #parent: Uint32Array;
  readonly #sizes: Uint32Array;
  // By root; undefined without constraints, as for most clusters.
  readonly #person: Int32Array;
  readonly #photographs: Sets = [];
  readonly #rejected: Sets = [];
  /** previous people of a cluster's faces, limited to people named in rejections */
  readonly #previous: Sets = [];
  /** faces that must not be merged with a cluster */
  readonly #forbidden: Sets = [];

  private constructor(size: number) {
    this.size = size;
    this.#parent = Uint32Array.from({ length: size }, (_, face) => face);
    this.#sizes = new Uint32Array(size).fill(1);
    this.#person = new Int32Array(size).fill(-1);
  }

  /**
   * Initially one cluster per face, merged by corrections first and by previous person second.
   *
   * @param previous [n] person of each face after an earlier run, -1 for none: those faces are merged again as
   *   far as the constraints allow, so that new faces are added to existing people and existing people stay together
   */
  static create(size: number, constraints: Constraints = {}, previous?: ArrayLike<number>): ConstrainedClusters {
    const clusters = new ConstrainedClusters(size);
    clusters.#fix(constraints);
    if (previous) clusters.#recall(previous, constraints);
    for (const [a, b] of constraints.mustLink ?? []) if (!clusters.#isContradicted(a, b)) clusters.#unite(a, b);
    if (previous) clusters.#restore(previous);
    return clusters;
  }

  /** Root of this face's cluster; it changes when the cluster grows. */
  find(face: number): number {
    let at = face;
    for (;;) {
      const up = this.#parent[at] as number;
      if (up === at) return at;
      const above = this.#parent[up] as number;
      this.#parent[at] = above; // path halving
      at = above;
    }
  }

  /** Number of faces in this face's cluster. */
  sizeOf(face: number): number {
    return this.#sizes[this.find(face)] as number;
  }

  /** Merges the clusters of a and b unless a constraint forbids it. @returns whether they are in one cluster now */
  join(a: number, b: number): boolean {
    const [x, y] = [this.find(a), this.find(b)];
    if (x === y) return true;
    if (this.#isContradicted(x, y) || intersect(this.#photographs[x], this.#photographs[y])) return false;
    this.#unite(x, y);
    return true;
  }

  #fix({ photographs, fixed, cannotLink = [], rejections = [] }: Constraints): void {
    const faces = new Map<number, number>();
    for (let face = 0; photographs && face < this.size; face++) {
      const photograph = photographs[face] as number;
      const other = faces.get(photograph);
      faces.set(photograph, face);
      if (other === undefined) continue; // a photograph with one face adds no constraint
      for (const one of [face, other]) add(this.#photographs, one, photograph);
    }
    const people = new Map<number, number>();
    for (let face = 0; fixed && face < this.size; face++) {
      const person = fixed[face] as number;
      if (person < 0) continue;
      this.#person[face] = person;
      const other = people.get(person);
      if (other === undefined) people.set(person, face);
      else this.#unite(face, other);
    }
    for (const [a, b] of cannotLink) {
      const [x, y] = [this.find(a), this.find(b)];
      if (x === y) continue; // assigned to the same person
      add(this.#forbidden, x, b);
      add(this.#forbidden, y, a);
    }
    for (const { face, person } of rejections) {
      const root = this.find(face);
      if (this.#person[root] !== person) add(this.#rejected, root, person);
    }
  }

  /** Records the previous people of faces, for people named in rejections. */
  #recall(previous: ArrayLike<number>, { fixed, rejections = [] }: Constraints): void {
    const disputed = new Set(rejections.map(({ person }) => person));
    for (let face = 0; disputed.size > 0 && face < this.size; face++) {
      const person = previous[face] as number;
      const isFree = fixed === undefined || (fixed[face] as number) < 0;
      const root = this.find(face);
      if (isFree && disputed.has(person) && !this.#rejected[root]?.has(person)) add(this.#previous, root, person);
    }
  }

  #restore(previous: ArrayLike<number>): void {
    const parts = new Map<number, number[]>();
    for (let face = 0; face < this.size; face++) {
      const person = previous[face] as number;
      if (person < 0) continue;
      const own = parts.get(person) ?? [];
      parts.set(person, own);
      if (!own.some((part) => this.join(face, part))) own.push(face);
    }
  }

  /** Whether a correction forbids merging the clusters of a and b. */
  #isContradicted(a: number, b: number): boolean {
    const [x, y] = [this.find(a), this.find(b)];
    const [p, q] = [this.#person[x] as number, this.#person[y] as number];
    if (p >= 0 && q >= 0 && p !== q) return true;
    if (this.#rejected[x]?.has(q) || this.#rejected[y]?.has(p)) return true;
    if (intersect(this.#rejected[x], this.#previous[y]) || intersect(this.#rejected[y], this.#previous[x])) return true;
    const [few, other] = (this.#forbidden[x]?.size ?? 0) < (this.#forbidden[y]?.size ?? 0) ? [x, y] : [y, x];
    for (const face of this.#forbidden[few] ?? []) if (this.find(face) === other) return true;
    return false;
  }

  #unite(a: number, b: number): void {
    const [x, y] = [this.find(a), this.find(b)];
    if (x === y) return;
    const [root, child] = (this.#sizes[x] as number) >= (this.#sizes[y] as number) ? [x, y] : [y, x];
    this.#parent[child] = root;
    this.#sizes[root] = (this.#sizes[root] as number) + (this.#sizes[child] as number);
    this.#person[root] = Math.max(this.#person[root] as number, this.#person[child] as number);
    for (const sets of [this.#photographs, this.#rejected, this.#previous, this.#forbidden]) {
      sets[root] = union(sets[root], sets[child]);
      sets[child] = undefined;
    }
  }
}

function add(sets: Sets, root: number, element: number): void {
  const set = sets[root] ?? new Set();
  sets[root] = set.add(element);
}

function intersect(a: Set<number> | undefined, b: Set<number> | undefined): boolean {
  return a !== undefined && b !== undefined && !a.isDisjointFrom(b); // iterates over the smaller set
}

/** Union of two sets, adding the smaller to the larger in place. */
function union(a: Set<number> | undefined, b: Set<number> | undefined): Set<number> | undefined {
  if (!a || !b) return a ?? b;
  const [large, small] = a.size >= b.size ? [a, b] : [b, a];
  for (const element of small) large.add(element);
  return large;
}
