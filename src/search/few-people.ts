/**
 * A false match rate of one gallery: its people are a sample, too. Two people either look alike, and a share of the pairs of their
 * faces is within the threshold, or do not; with few pairs of people, the gallery's own rate is far from that of the population.
 */

/**
 * Share of the pairs of faces within a threshold, of two people who have any: the sum of squared shares over their sum. SFace, 43,956 pairs
 * of people of CelebA: 0.081 at 1e-4, 0.090 at 1e-3, 0.17 at 1e-2.
 */
const SHARE = 0.09;
/** Means from which Poisson numbers are drawn from a normal distribution. */
const MANY = 50;

/**
 * Number of pairs of people that random pairs of faces amount to: of p people with equally many faces p (p - 1) / 2, of unequal ones
 * fewer (Kish 1965).
 *
 * @param groups [n] person of each face; -1 for a person with no other face
 */
export function effectivePairsOfPeople(groups: ArrayLike<number>): number {
  const faces = new Map<number, number>();
  let [single, squares] = [0, 0];
  for (const group of Array.from(groups)) {
    if (group < 0) single++;
    else faces.set(group, (faces.get(group) ?? 0) + 1);
  }
  for (const count of faces.values()) squares += count * count;
  const people = groups.length ** 2 / (squares + single);
  return Math.max(1, (people * (people - 1)) / 2);
}

/** The rate in a gallery of so many pairs of people, drawn from a population with that rate. */
export function realisedRate(rate: number, pairsOfPeople: number, random: () => number): number {
  return (SHARE * poisson((rate * pairsOfPeople) / SHARE, random)) / pairsOfPeople;
}

function poisson(mean: number, random: () => number): number {
  if (mean > MANY) {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return Math.max(0, mean + Math.sqrt(mean) * normal);
  }
  let count = 0;
  for (let left = random() - Math.exp(-mean), share = Math.exp(-mean); left > 0 && share > 0; left -= share) {
    count++;
    share *= mean / count;
  }
  return count;
}
