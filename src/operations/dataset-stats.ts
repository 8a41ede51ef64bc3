import * as z from "zod";
import { facesOption } from "../datasets/build/build-options.ts";
import { openFaceImages } from "../datasets/person-folders.ts";
import { defineAnswer } from "./operation.ts";

export const datasetStats = defineAnswer({
  name: "dataset stats",
  summary: "Counts the people and images of a training set",
  positionals: ["faces"],
  examples: [{ command: "facenet dataset stats faces/", says: "people, images, and their distribution" }],
  input: z.strictObject({ faces: facesOption }),
  output: z.object({
    people: z.int(),
    images: z.int(),
    imagesPerPerson: z.object({ least: z.int(), median: z.number(), mean: z.number(), most: z.int() }),
    peopleWithOneImage: z.int().describe("these can only serve as negatives"),
    positivePairs: z.int().describe("pairs of images of one person"),
    spread: z
      .array(z.object({ from: z.int(), to: z.int(), people: z.int() }))
      .describe("people by number of images, in powers of two"),
  }),
  async run({ faces }) {
    const { images, imagesOfPeople } = await openFaceImages(faces);
    const counts = imagesOfPeople.map(({ length }) => length).sort((a, b) => a - b);
    const half = counts.length >> 1;
    const middle = [counts[half] as number, counts[counts.length % 2 === 0 ? half - 1 : half] as number];
    return {
      people: counts.length,
      images: images.length,
      imagesPerPerson: {
        least: counts[0] as number,
        median: ((middle[0] as number) + (middle[1] as number)) / 2,
        mean: images.length / counts.length,
        most: counts.at(-1) as number,
      },
      peopleWithOneImage: counts.filter((count) => count === 1).length,
      positivePairs: counts.reduce((sum, count) => sum + (count * (count - 1)) / 2, 0),
      spread: spreadOf(counts),
    };
  },
});

/** Histogram with bins 1, 2 to 3, 4 to 7 and so on, without empty bins. */
function spreadOf(counts: readonly number[]) {
  const classes = Map.groupBy(counts, (count) => Math.floor(Math.log2(count)));
  return [...classes].map(([power, own]) => ({ from: 2 ** power, to: 2 ** (power + 1) - 1, people: own.length }));
}
