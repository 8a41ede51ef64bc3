/**
 * Photograph albums made of the faces of a labelled set, for judging calibration without labels: who appears how often and
 * with whom, light and camera shared by all faces of a photograph, companions who look alike, and whatever spoils pairs of
 * strangers. The truth of every face is known.
 */
import { normalize } from "../src/metric/distance.ts";

/** A labelled set: people, each with embeddings of unit length. */
export type Population = { readonly name: string; readonly people: readonly (readonly Float32Array[])[] };

export type Likeness = {
  readonly name: string;
  /** companions are the most alike of so many */
  readonly candidates: number;
  /** of light and camera, against what differs between two photographs of one person */
  readonly light: number;
};

/** How companions in one photograph are no random strangers: hardly, plainly, strongly. */
export const LIKENESSES: readonly Likeness[] = [
  { name: "weak", candidates: 1, light: 0.2 },
  { name: "plain", candidates: 2, light: 0.5 },
  { name: "strong", candidates: 4, light: 0.8 },
];

export type Spoiler = "none" | "same person twice" | "contact sheets" | "bursts" | "one couple" | "family";

export type AlbumOptions = {
  /** pairs of faces in one photograph, about */
  readonly pairs: number;
  /** people who appear, at most */
  readonly people: number;
  readonly likeness: Likeness;
  readonly spoiler?: Spoiler;
  readonly random: () => number;
};

export type Album = {
  readonly vectors: readonly Float32Array[];
  readonly photographs: readonly number[];
  /** who each face truly shows */
  readonly people: readonly number[];
};

/** Faces of a photograph: pairs are the most frequent, crowds are rare. */
const MORE_FACES = 0.55;
const MOST_FACES = 12;
/** Of a companion, to be one whom the first person is seen with again and again. */
const FRIEND = 0.4;
const FRIENDS = 5;

export function simulateAlbum({ people: pool }: Population, options: AlbumOptions): Album {
  const { likeness, random, spoiler = "none" } = options;
  const chosen = shuffledIndices(pool.length, random).slice(0, options.people);
  const means = chosen.map((person) => meanOf(pool[person] as readonly Float32Array[]));
  // Some appear all the time, most now and then.
  const fame = chosen.map((_, i) => 1 / (1 + i) ** 0.5);
  const pick = cumulativePick(fame, random);
  const friends = chosen.map((_, i) => Array.from({ length: FRIENDS }, () => companionOf(i)));
  const siblings = spoiler === "family" ? chosen.map((_, i) => (i % 20 === 0 ? i + 1 : i % 20 === 1 ? i - 1 : -1)) : undefined;
  const vectors: Float32Array[] = [];
  const photographs: number[] = [];
  const people: number[] = [];
  let [pairs, photograph] = [0, 0];

  const lightOf = (): Float32Array => {
    const somebody = Math.floor(random() * chosen.length);
    const faces = pool[chosen[somebody] as number] as readonly Float32Array[];
    const face = faces[Math.floor(random() * faces.length)] as Float32Array;
    return face.map((value, k) => value - ((means[somebody] as Float32Array)[k] as number));
  };
  const faceOf = (person: number, light: Float32Array): Float32Array => {
    const faces = pool[chosen[person] as number] as readonly Float32Array[];
    const face = faces[Math.floor(random() * faces.length)] as Float32Array;
    const kin = siblings?.[person] ?? -1;
    const like = kin >= 0 && kin < chosen.length ? (means[kin] as Float32Array) : undefined;
    return normalize(
      face.map((value, k) => value + likeness.light * (light[k] as number) + (like ? 0.5 * (like[k] as number) : 0)),
    );
  };
  const add = (who: readonly number[], light = lightOf()): void => {
    for (const person of who) {
      vectors.push(faceOf(person, light));
      photographs.push(photograph);
      people.push(chosen[person] as number);
    }
    pairs += (who.length * (who.length - 1)) / 2;
    photograph++;
  };
  while (pairs < options.pairs) {
    const first = pick();
    const who = [first];
    if (siblings && (siblings[first] ?? -1) >= 0 && (siblings[first] as number) < chosen.length)
      who.push(siblings[first] as number);
    do {
      const next =
        random() < FRIEND ? ((friends[first] as number[])[Math.floor(random() * FRIENDS)] as number) : companionOf(first);
      if (!who.includes(next)) who.push(next);
      else if (who.length >= chosen.length) break;
    } while (who.length < 2 || (who.length < Math.min(MOST_FACES, chosen.length) && random() < MORE_FACES));
    add(who);
    if (spoiler === "bursts" && random() < 0.1) {
      const start = vectors.length - who.length;
      const burst = 1 + Math.floor(random() * 9);
      for (let i = 0; i < burst; i++) {
        for (let f = 0; f < who.length; f++) {
          vectors.push(jittered(vectors[start + f] as Float32Array, 0.1, random));
          photographs.push(photograph);
          people.push(people[start + f] as number);
        }
        photograph++;
      }
    }
    if (spoiler === "same person twice" && random() < 0.02) {
      vectors.push(faceOf(who[0] as number, lightOf()));
      photographs.push(photograph - 1);
      people.push(chosen[who[0] as number] as number);
    }
  }
  if (spoiler === "one couple") for (let i = 0; i < 500; i++) add([0, 1]);
  if (spoiler === "contact sheets")
    for (let i = 0; i < 3; i++) {
      const who = [pick(), pick(), pick()];
      for (let f = 0; f < 15; f++) {
        const person = who[f % 3] as number;
        vectors.push(faceOf(person, lightOf()));
        photographs.push(photograph);
        people.push(chosen[person] as number);
      }
      photograph++;
    }
  return { vectors, photographs, people };

  function companionOf(person: number): number {
    let [best, closest] = [-1, Number.POSITIVE_INFINITY];
    for (let i = 0; i < likeness.candidates || best < 0; i++) {
      const other = pick();
      if (other === person) continue;
      const distance = squared(means[person] as Float32Array, means[other] as Float32Array);
      if (distance < closest) [best, closest] = [other, distance];
    }
    return best;
  }
}

/**
 * Sorted distances of random pairs of two people in two photographs of an album.
 *
 * @param by each two people are as likely, or each two faces
 */
export function acrossDistances(
  { vectors, photographs, people }: Album,
  count: number,
  by: "people" | "faces",
  random: () => number,
): Float64Array {
  const facesOf = [...Map.groupBy(people.keys(), (face) => (by === "people" ? people[face] : face)).values()];
  const draw = (): number => {
    const own = facesOf[Math.floor(random() * facesOf.length)] as number[];
    return own[Math.floor(random() * own.length)] as number;
  };
  const distances: number[] = [];
  for (let attempt = 0; attempt < 3 * count && distances.length < count; attempt++) {
    const [a, b] = [draw(), draw()];
    if (photographs[a] === photographs[b] || people[a] === people[b]) continue;
    distances.push(squared(vectors[a] as Float32Array, vectors[b] as Float32Array));
  }
  return Float64Array.from(distances).sort();
}

export function shareWithin(sorted: Float64Array, distance: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) <= distance) low = middle + 1;
    else high = middle;
  }
  return low / sorted.length;
}

export function squared(a: Float32Array, b: Float32Array): number {
  let dot = 0;
  for (let k = 0; k < a.length; k++) dot += (a[k] as number) * (b[k] as number);
  return 2 - 2 * dot;
}

export function meanOf(vectors: readonly Float32Array[]): Float32Array {
  const mean = new Float32Array(vectors[0]?.length ?? 0);
  for (const vector of vectors)
    for (let k = 0; k < mean.length; k++) mean[k] = (mean[k] as number) + (vector[k] as number) / vectors.length;
  return mean;
}

function jittered(vector: Float32Array, size: number, random: () => number): Float32Array {
  const each = size / Math.sqrt(vector.length);
  return normalize(
    vector.map((value) => value + each * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())),
  );
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
