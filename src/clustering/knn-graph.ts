/**
 * k-NN graph of faces. Every algorithm in this folder uses it,
 * so the distances, the most expensive part, are computed once.
 */

/** The exact k nearest neighbours of each of n faces. */
export type KnnGraph = {
  /** number of faces */
  readonly size: number;
  readonly k: number;
  /** [n, k] row numbers, nearest first; a face is not its own neighbour. */
  readonly neighbours: Uint32Array;
  /** [n, k] squared L2 of unit-length vectors, 0 to 4, ascending in each row. */
  readonly distances: Float32Array;
};

/** Pairs of faces without duplicates, closest first; equal distances by row number. */
export type Edges = {
  /** number of faces */
  readonly size: number;
  /** [m] the smaller row number */
  readonly a: Uint32Array;
  /** [m] the larger row number */
  readonly b: Uint32Array;
  /** [m] squared L2, ascending */
  readonly distances: Float32Array;
};

/** Edges by face: those of face i from `offsets[i]` to `offsets[i + 1]`, closest first. */
export type Adjacency = {
  /** [n + 1] */
  readonly offsets: Uint32Array;
  /** [2m] row numbers */
  readonly neighbours: Uint32Array;
  /** [2m] squared L2 */
  readonly distances: Float32Array;
};

/**
 * Pairs within a threshold in which at least one face is among the other's k nearest.
 *
 * @param threshold squared L2, 0 to 4, inclusive
 */
export function edgesBelow({ size, k, neighbours, distances }: KnnGraph, threshold: number): Edges {
  const has = (i: number, j: number): boolean => {
    for (let at = i * k; at < (i + 1) * k; at++) if (neighbours[at] === j) return true;
    return false;
  };
  const keep = (i: number, at: number): boolean => (neighbours[at] as number) > i || !has(neighbours[at] as number, i);
  let count = 0;
  const kept = new Uint32Array(neighbours.length);
  for (let i = 0; i < size; i++) {
    for (let at = i * k; at < (i + 1) * k && (distances[at] as number) <= threshold; at++) if (keep(i, at)) kept[count++] = at;
  }
  const a = new Uint32Array(count);
  const b = new Uint32Array(count);
  const ofEdge = new Float32Array(count);
  for (const [edge, at] of ascending(kept.subarray(0, count), distances).entries()) {
    const [i, j] = [Math.floor(at / k), neighbours[at] as number];
    a[edge] = Math.min(i, j);
    b[edge] = Math.max(i, j);
    ofEdge[edge] = distances[at] as number;
  }
  return { size, a, b, distances: ofEdge };
}

/**
 * The graph without some pairs; they move to the end of each row, at infinite distance.
 *
 * @param isLeftOut symmetric
 */
export function withoutPairs({ size, k, ...given }: KnnGraph, isLeftOut: (a: number, b: number) => boolean): KnnGraph {
  const neighbours = new Uint32Array(given.neighbours.length);
  const distances = new Float32Array(given.distances.length).fill(Number.POSITIVE_INFINITY);
  for (let i = 0; i < size; i++) {
    let [kept, left] = [i * k, (i + 1) * k];
    for (let at = i * k; at < (i + 1) * k; at++) {
      const neighbour = given.neighbours[at] as number;
      if (isLeftOut(i, neighbour)) neighbours[--left] = neighbour;
      else {
        neighbours[kept] = neighbour;
        distances[kept++] = given.distances[at] as number;
      }
    }
  }
  return { size, k, neighbours, distances };
}

/**
 * The graph with a number per face added to each of its distances, nearest first again; below zero becomes zero.
 *
 * @param offsets [n]
 */
export function withOffsets({ size, k, neighbours, distances }: KnnGraph, offsets: Float32Array): KnnGraph {
  const moved = { size, k, neighbours: new Uint32Array(neighbours.length), distances: new Float32Array(distances.length) };
  for (let i = 0; i < size; i++) {
    const row = Array.from({ length: k }, (_, place) => {
      const neighbour = neighbours[i * k + place] as number;
      const offset = (offsets[i] as number) + (offsets[neighbour] as number);
      return { neighbour, distance: Math.max(0, (distances[i * k + place] as number) + offset) };
    }).sort((a, b) => a.distance - b.distance);
    for (const [place, { neighbour, distance }] of row.entries()) {
      moved.neighbours[i * k + place] = neighbour;
      moved.distances[i * k + place] = distance;
    }
  }
  return moved;
}

/** Adjacency of each face. */
export function adjacencyOf({ size, a, b, distances }: Edges): Adjacency {
  const offsets = new Uint32Array(size + 1);
  for (const ends of [a, b]) for (const face of ends) offsets[face + 1] = (offsets[face + 1] as number) + 1;
  for (let i = 0; i < size; i++) offsets[i + 1] = (offsets[i + 1] as number) + (offsets[i] as number);
  const at = offsets.slice();
  const neighbours = new Uint32Array(2 * a.length);
  const toNeighbours = new Float32Array(2 * a.length);
  const add = (from: number, to: number, distance: number) => {
    const place = at[from] as number;
    neighbours[place] = to;
    toNeighbours[place] = distance;
    at[from] = place + 1;
  };
  for (let edge = 0; edge < a.length; edge++) {
    add(a[edge] as number, b[edge] as number, distances[edge] as number);
    add(b[edge] as number, a[edge] as number, distances[edge] as number);
  }
  return { offsets, neighbours, distances: toNeighbours };
}

/**
 * Indices sorted by distance, stable: radix sort over the bits of the floats, whose order for positive
 * numbers is numeric order. Sorting millions with a comparator would take longer than clustering.
 */
function ascending(places: Uint32Array, distances: Float32Array): Uint32Array {
  const bits = new Uint32Array(distances.buffer, distances.byteOffset, distances.length);
  let from: Uint32Array = places.slice();
  let to: Uint32Array = new Uint32Array(places.length);
  for (const shift of [0, 16]) {
    const starts = new Uint32Array(65_537);
    for (const place of from) {
      const digit = ((bits[place] as number) >>> shift) & 0xffff;
      starts[digit + 1] = (starts[digit + 1] as number) + 1;
    }
    for (let digit = 0; digit < 65_536; digit++) starts[digit + 1] = (starts[digit + 1] as number) + (starts[digit] as number);
    for (const place of from) {
      const digit = ((bits[place] as number) >>> shift) & 0xffff;
      const at = starts[digit] as number;
      to[at] = place;
      starts[digit] = at + 1;
    }
    [from, to] = [to, from];
  }
  return from;
}
