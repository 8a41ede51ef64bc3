import * as z from "zod";
import { COPY_DISTANCE, facesOption } from "../datasets/build/build-options.ts";
import { embedFaceImages, findOverlap, Overlap } from "../datasets/build/overlap.ts";
import { type ImagePlace, placeName } from "../datasets/face-images.ts";
import { labelDoubts } from "../datasets/label-doubts.ts";
import { openFaceImages } from "../datasets/person-folders.ts";
import { FaceNetError } from "../errors.ts";
import { paceOf } from "../faces/batch.ts";
import { thresholdForFar } from "../faces/verdict.ts";
import { lookOptions, modelOptions } from "../schemas/options.ts";
import { knnGraph } from "../search/knn-graph.ts";
import { defineAnswer } from "./operation.ts";

/** Neighbours looked at: more than most people have images. */
const NEIGHBOURS = 50;

export const datasetCheck = defineAnswer({
  name: "dataset check",
  summary: "Looks for wrong labels, copies and people under two names in a set of faces, and for people of a test set in it",
  positionals: ["faces"],
  examples: [
    { command: "facenet dataset check faces/", says: "candidates for a person to look at" },
    { command: "facenet dataset check faces/ --against lfw/images", says: "who of the test set would be trained on" },
  ],
  input: z.strictObject({
    faces: facesOption,
    against: z.string().optional().describe("another set, of an evaluation say, that should share nobody with this one"),
    far: z
      .number()
      .positive()
      .max(1)
      .default(1e-4)
      .describe("rate of strangers as close as two faces that are taken for one person"),
    ...lookOptions,
    minFaceSize: lookOptions.minFaceSize.default(20),
    ...modelOptions,
  }),
  output: z.object({
    people: z.int(),
    images: z.int(),
    threshold: z.number().describe("squared L2: faces so close are taken for one person"),
    mislabelled: z
      .array(
        z.object({
          image: z.string(),
          person: z.string(),
          looksLike: z.string().nullable().describe("null: nobody of the set, and not the rest of its person"),
          ownDistance: z.number().nullable(),
          otherDistance: z.number().nullable(),
        }),
      )
      .describe("images near to none of their person's"),
    copies: z
      .array(z.object({ images: z.tuple([z.string(), z.string()]), distance: z.number(), onePerson: z.boolean() }))
      .describe("pairs that are one photograph, it seems"),
    onePerson: z
      .array(z.object({ people: z.tuple([z.string(), z.string()]), share: z.number().describe("of their images that say so") }))
      .describe("people who are one under two names, it seems"),
    overlap: z
      .array(Overlap)
      .nullable()
      .describe("people of the other set who are in this one, it seems; null where none was named"),
    imagesWithoutFace: z.array(z.string()),
    failures: z.array(z.object({ image: z.string(), code: z.string(), message: z.string() })),
  }),
  async run({ faces, against, far, ...options }, { load, signal, onProgress }) {
    const [set, other] = [await openFaceImages(faces), against === undefined ? undefined : await openFaceImages(against)];
    const facenet = await load(options);
    const threshold = thresholdForFar(facenet.model, far);
    const embedded = await embedFaceImages(set, facenet, { ...options, signal, onProgress });
    if (embedded.rows.length === 0)
      throw new FaceNetError("FACES_UNUSABLE", { faces, reason: "a face was found in none of its images" });
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
