/**
 * Simulated albums from a labelled set, for testing calibration without labels: frequencies of people and companions, light and
 * camera shared by the faces of a photograph, companions who look alike. The ground truth is known.
 */
import { normalize } from "../src/metric/distance.ts";

/** A labelled set: people, each with embeddings of unit length. */
export type Population = { readonly name: string; readonly people: readonly (readonly Float32Array[])[] };

export type Likeness = {
  readonly name: string;
  /** Companions are the most similar of this many candidates. */
  readonly candidates: number;
  /** Effect of light and camera, relative to the variation between two photographs of the same person. */
  readonly light: number;
};

/** Similarity of companions in a photograph: weak, plain, strong. */
export const LIKENESSES: readonly Likeness[] = [
  { name: "weak", candidates: 1, light: 0.2 },
  { name: "plain", candidates: 2, light: 0.5 },
  { name: "strong", candidates: 4, light: 0.8 },
];

export type AlbumOptions = {
  readonly photographs: number;
  /** People who may appear; rarely seen ones may not. */
  readonly people: number;
  readonly likeness: Likeness;
  readonly random: () => number;
};

/** Parallel arrays. */
export type Album = {
  readonly vectors: readonly Float32Array[];
  readonly photographs: readonly number[];
  /** True person of each face: index in `cast`. */
  readonly people: readonly number[];
  /** Mean embedding of each person. */
  readonly cast: readonly Float32Array[];
  /** A face of a person in a photograph with the given light. */
  readonly faceOf: (person: number, light: Float32Array, random: () => number) => Float32Array;
  /** Offset that light and camera add to the faces of a photograph. */
  readonly lightOf: (random: () => number) => Float32Array;
};

/** Share of photographs of a single person. */
const ALONE = 0.4;
/** Probability of each further face: pairs are most frequent, crowds are rare. */
const MORE_FACES = 0.55;
const MOST_FACES = 12;
/** Probability that a companion is a frequent one of the first person. */
const FRIEND = 0.4;
const FRIENDS = 5;

export function simulateAlbum({ people: pool }: Population, options: AlbumOptions): Album {
  const { likeness, random } = options;
  const chosen = shuffledIndices(pool.length, random).slice(0, options.people);
  const facesOf = chosen.map((person) => pool[person] as readonly Float32Array[]);
  const cast = facesOf.map(meanOf);
  // Some people appear often, most rarely.
  const pick = cumulativePick(
    chosen.map((_, i) => 1 / (1 + i) ** 0.5),
    random,
  );
  const friends = chosen.map((_, i) => Array.from({ length: FRIENDS }, () => companionOf(i)));
  const lightOf = (draw: () => number): Float32Array => {
    const somebody = Math.floor(draw() * chosen.length);
    const face = oneOf(facesOf[somebody] as readonly Float32Array[], draw);
    return face.map((value, k) => likeness.light * (value - ((cast[somebody] as Float32Array)[k] as number)));
  };
  const faceOf = (person: number, light: Float32Array, draw: () => number): Float32Array =>
    normalize(oneOf(facesOf[person] as readonly Float32Array[], draw).map((value, k) => value + (light[k] as number)));

  const [vectors, photographs, people]: [Float32Array[], number[], number[]] = [[], [], []];
  for (let photograph = 0; photograph < options.photographs; photograph++) {
    const first = pick();
    const who = new Set([first]);
    const wanted = random() < ALONE ? 1 : facesWanted();
    for (let attempt = 0; attempt < 5 * wanted && who.size < wanted; attempt++)
      who.add(random() < FRIEND ? oneOf(friends[first] as number[], random) : companionOf(first));
    const light = lightOf(random);
    for (const person of who) {
      vectors.push(faceOf(person, light, random));
      photographs.push(photograph);
      people.push(person);
    }
  }
  return { vectors, photographs, people, cast, faceOf, lightOf };

  function facesWanted(): number {
    let faces = 2;
    while (faces < Math.min(MOST_FACES, chosen.length) && random() < MORE_FACES) faces++;
    return faces;
  }

  function companionOf(person: number): number {
    let [best, closest] = [-1, Number.POSITIVE_INFINITY];
    for (let i = 0; i < likeness.candidates || best < 0; i++) {
      const other = pick();
      if (other === person) continue;
      const distance = squared(cast[person] as Float32Array, cast[other] as Float32Array);
      if (distance < closest) [best, closest] = [other, distance];
    }
    return best;
  }
}

export function squared(a: Float32Array, b: Float32Array): number {
  let dot = 0;
  for (let k = 0; k < a.length; k++) dot += (a[k] as number) * (b[k] as number);
  return 2 - 2 * dot;
}

export function oneOf<T>(values: readonly T[], random: () => number): T {
  return values[Math.floor(random() * values.length)] as T;
}

function meanOf(vectors: readonly Float32Array[]): Float32Array {
  const mean = new Float32Array(vectors[0]?.length ?? 0);
  for (const vector of vectors)
    for (let k = 0; k < mean.length; k++) mean[k] = (mean[k] as number) + (vector[k] as number) / vectors.length;
  return mean;
}

export function shuffledIndices(count: number, random: () => number): number[] {
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j] as number, order[i] as number];
  }
  return order;
}

function cumulativePick(weights: readonly number[], random: () => number): () => number {
  const sums: number[] = [];
  let total = 0;
  for (const weight of weights) {
    total += weight;
    sums.push(total);
  }
  return () => {
    const wanted = random() * total;
    let [low, high] = [0, sums.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sums[middle] as number) > wanted) high = middle;
      else low = middle + 1;
    }
    return low;
  };
}
