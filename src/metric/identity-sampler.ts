/** Which images make a batch: some of each of some people, so that there are pairs to mine (FaceNet, section 3.2). */
import { shuffled } from "./seeded-random.ts";

/** One batch: indices of images and who they show. */
export type Batch = {
  /** [n] index among all images */
  readonly images: Uint32Array;
  /** [n] index of the person */
  readonly labels: Uint32Array;
};

/** Options of {@link identitySampler}. */
export type IdentitySamplerOptions = {
  /** Default 45, the reference implementation's. */
  readonly peoplePerBatch?: number;
  /** At most this many of each; of people with fewer, all. Default 40, as in the paper. */
  readonly imagesPerPerson?: number;
  /**
   * Images added to each batch at random, of people who are not in it otherwise: more negatives for the same anchors (FaceNet, section 3.2).
   * They are drawn from everybody's images and `singles` alike. Default 0.
   */
  readonly randomNegatives?: number;
  /** Images of people who have one image only: negatives, never anchors. Their labels follow those of the people. Default: none. */
  readonly singles?: readonly number[];
  /** Uniform from 0 to below 1. */
  readonly random: () => number;
};

/**
 * Endless batches of people times images. People come in random order and none comes again before all others have had
 * their turn; a person's images are drawn anew each time. Rows are in random order: batch normalisation of a chunk of them
 * then sees many people, not one. The reference implementation draws people anew for each batch,
 * so that some wait long.
 *
 * @param imagesOfPeople for each person the indices of their images, two or more
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
  if (imagesOfPeople.length < 2) throw new RangeError(`sampler: wants two people or more, got ${imagesOfPeople.length}`);
  const short = imagesOfPeople.findIndex((own) => own.length < 2);
  if (short >= 0) throw new RangeError(`sampler: person ${short} has ${imagesOfPeople[short]?.length} images, wants two or more`);
  const count = Math.min(peoplePerBatch, imagesOfPeople.length);
  const pool = [
    ...imagesOfPeople.flatMap((own, person) => own.map((image) => ({ image, person }))),
    ...singles.map((image, i) => ({ image, person: imagesOfPeople.length + i })),
  ];
  /** Others' images, each once; all there are where there are fewer than wanted. */
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
