/** Batch sampler: several images of each of several people, so that there are pairs to mine (FaceNet, section 3.2). */
import { shuffled } from "./seeded-random.ts";

/** One batch: indices of images and of their people. */
export type Batch = {
  /** [n] index among all images */
  readonly images: Uint32Array;
  /** [n] index of the person */
  readonly labels: Uint32Array;
};

/** Options of {@link identitySampler}. */
export type IdentitySamplerOptions = {
  /** Default 45, as in the reference implementation. */
  readonly peoplePerBatch?: number;
  /** Maximum number of images per person; all if a person has fewer. Default 40, as in the paper. */
  readonly imagesPerPerson?: number;
  /**
   * Random images added to each batch, of people who are not in it otherwise: more negatives for the same anchors
   * (FaceNet, section 3.2).
   * They are drawn from all people's images and `singles` alike. Default 0.
   */
  readonly randomNegatives?: number;
  /** Images of people with a single image: negatives, never anchors. Their labels follow those of the people. Default: none. */
  readonly singles?: readonly number[];
  /** Uniform from 0 to below 1. */
  readonly random: () => number;
};

/**
 * Infinite batches of people times images. People are drawn in random order without replacement until all have
 * been used; a person's images are drawn anew each time. Rows are in random order, so that batch normalisation of a chunk
 * sees many people. The reference implementation draws people anew for each batch,
 * so that some are not used for a long time.
 *
 * @param imagesOfPeople indices of each person's images, at least two
 * @throws RangeError for fewer than two people or a person with fewer than two images: there would be nothing to mine
 * @example
 * import { identitySampler } from "facenet128/metric";
 * const sampler = identitySampler([[0, 1, 2], [3, 4]], { random: Math.random });
 * const { images, labels } = sampler.next().value;
 * console.log(images.length, labels.length); // 5 5
 */
export function* identitySampler(
  imagesOfPeople: readonly (readonly number[])[],
  { peoplePerBatch = 45, imagesPerPerson = 40, randomNegatives = 0, singles = [], random }: IdentitySamplerOptions,
): Generator<Batch, never, undefined> {
  if (imagesOfPeople.length < 2) throw new RangeError(`sampler: needs two people or more, got ${imagesOfPeople.length}`);
  const short = imagesOfPeople.findIndex((own) => own.length < 2);
  if (short >= 0) throw new RangeError(`sampler: person ${short} has ${imagesOfPeople[short]?.length} images, needs two or more`);
  const count = Math.min(peoplePerBatch, imagesOfPeople.length);
  const pool = [
    ...imagesOfPeople.flatMap((own, person) => own.map((image) => ({ image, person }))),
    ...singles.map((image, i) => ({ image, person: imagesOfPeople.length + i })),
  ];
  /** Images of other people, without repetition; all of them if there are fewer than requested. */
  const negativesFor = (people: ReadonlySet<number>): { image: number; person: number }[] => {
    const others = pool.filter(({ person }) => !people.has(person));
    for (let i = 0; i < Math.min(randomNegatives, others.length); i++) {
      const j = i + Math.floor(random() * (others.length - i));
      [others[i], others[j]] = [others[j] as (typeof others)[number], others[i] as (typeof others)[number]];
    }
    return others.slice(0, randomNegatives);
  };
  let waiting: number[] = [];
  for (;;) {
    const people = waiting.splice(0, count);
    if (people.length < count) {
      const taken = new Set(people);
      waiting = shuffled([...imagesOfPeople.keys()], random);
      const next = waiting.filter((person) => !taken.has(person)).slice(0, count - people.length);
      const used = new Set(next);
      waiting = waiting.filter((person) => !used.has(person));
      people.push(...next);
    }
    const rows = people.flatMap((person) =>
      shuffled(imagesOfPeople[person] as readonly number[], random)
        .slice(0, imagesPerPerson)
        .map((image) => ({ image, person })),
    );
    if (randomNegatives > 0) rows.push(...negativesFor(new Set(people)));
    const mixed = shuffled(rows, random);
    yield { images: Uint32Array.from(mixed, ({ image }) => image), labels: Uint32Array.from(mixed, ({ person }) => person) };
  }
}
