import * as z from "zod";
import { COPY_DISTANCE, facesOption } from "../datasets/build/build-options.ts";
import { embedFaceImages, findOverlap, Overlap } from "../datasets/build/overlap.ts";
import { type ImagePlace, placeName } from "../datasets/face-images.ts";
import { labelDoubts } from "../datasets/label-doubts.ts";
import { openFaceImages } from "../datasets/person-folders.ts";
import { FaceNetError } from "../errors.ts";
import { paceOf } from "../faces/batch.ts";
import { thresholdForFar } from "../faces/verdict.ts";
import { ImageFailure } from "../schemas/failure.ts";
import { lookOptions, modelOptions } from "../schemas/options.ts";
import { knnGraph } from "../search/knn-graph.ts";
import { defineAnswer } from "./operation.ts";

/** Neighbours considered: more than most people have images. */
const NEIGHBOURS = 50;

export const datasetCheck = defineAnswer({
  name: "dataset check",
  summary: "Finds wrong labels, duplicates and people with two names in a training set, and overlap with a test set",
  positionals: ["faces"],
  examples: [
    { command: "facenet dataset check faces/", says: "candidates for manual review" },
    { command: "facenet dataset check faces/ --against lfw/images", says: "people of the test set in the training set" },
  ],
  input: z.strictObject({
    faces: facesOption,
    against: z.string().optional().describe("another set, such as a test set, that should have no people in common"),
    far: z
      .number()
      .positive()
      .max(1)
      .default(1e-4)
      .describe("false match rate of the distance up to which two faces count as one person"),
    ...lookOptions,
    minFaceSize: lookOptions.minFaceSize.default(20),
    ...modelOptions,
  }),
  output: z.object({
    people: z.int(),
    images: z.int(),
    threshold: z.number().describe("squared L2: closer faces count as one person"),
    mislabelled: z
      .array(
        z.object({
          image: z.string(),
          person: z.string(),
          looksLike: z.string().nullable().describe("null: resembles nobody in the set, not even its own person"),
          ownDistance: z.number().nullable(),
          otherDistance: z.number().nullable(),
        }),
      )
      .describe("images that do not resemble their person's others"),
    copies: z
      .array(z.object({ images: z.tuple([z.string(), z.string()]), distance: z.number(), onePerson: z.boolean() }))
      .describe("probable duplicates of one photograph"),
    onePerson: z
      .array(
        z.object({ people: z.tuple([z.string(), z.string()]), share: z.number().describe("share of their images that match") }),
      )
      .describe("probably one person under two names"),
    overlap: z.array(Overlap).nullable().describe("people of the other set who are probably in this one; null without `against`"),
    imagesWithoutFace: z.array(z.string()),
    failures: z.array(ImageFailure),
  }),
  async run({ faces, against, far, ...options }, { load, signal, onProgress }) {
    const [set, other] = [await openFaceImages(faces), against === undefined ? undefined : await openFaceImages(against)];
    const facenet = await load(options);
    const threshold = thresholdForFar(facenet.model, far);
    const embedded = await embedFaceImages(set, facenet, { ...options, signal, onProgress });
    if (embedded.rows.length === 0)
      throw new FaceNetError("FACES_UNUSABLE", { faces, reason: "no face was found in any of its images" });
    const { person, codes, dimensions } = embedded;
    const start = performance.now();
    const graph = await knnGraph(codes, {
      dimensions,
      k: NEIGHBOURS,
      signal,
      onProgress: (done) =>
        onProgress({ unit: "faces", done, failed: 0, faces: done, ...paceOf(done, person.length, performance.now() - start) }),
    });
    const doubts = labelDoubts(person, graph, { samePerson: threshold, copy: COPY_DISTANCE });
    const nameOf = (index: number): string => set.people[index] as string;
    const imageOf = (face: number): string => placeName(set.images[embedded.rows[face] as number] as ImagePlace);
    const overlap =
      other && (await findOverlap({ set, embedded }, other, facenet, { ...options, threshold, signal, onProgress }));
    return {
      people: set.people.length,
      images: set.images.length,
      threshold,
      mislabelled: doubts.mislabelled.map(({ face, looksLike, ...distances }) => ({
        image: imageOf(face),
        person: nameOf(person[face] as number),
        looksLike: looksLike === null ? null : nameOf(looksLike),
        ...distances,
      })),
      copies: doubts.copies.map(({ a, b, distance }) => ({
        images: [imageOf(a), imageOf(b)] as [string, string],
        distance,
        onePerson: person[a] === person[b],
      })),
      onePerson: doubts.onePerson.map(({ a, b, share }) => ({ people: [nameOf(a), nameOf(b)] as [string, string], share })),
      overlap: overlap ?? null,
      imagesWithoutFace: embedded.withoutFace,
      failures: embedded.failures,
    };
  },
});
