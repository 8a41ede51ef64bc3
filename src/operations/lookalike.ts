import * as z from "zod";
import { probeGallery } from "../gallery/access/probe-gallery.ts";
import { faceFilter } from "../gallery/people/face-filter.ts";
import { Box } from "../schemas/face.ts";
import { FaceChoice } from "../schemas/face-choice.ts";
import {
  decisionOptions,
  filterOptions,
  galleryModelOptions,
  galleryOption,
  lookOptions,
  Photo,
  positionOption,
  searchAnswer,
  searchOption,
} from "../schemas/options.ts";
import { ThresholdOrigin } from "../schemas/threshold.ts";
import { defineAnswer } from "./operation.ts";

/** Nearest faces considered to find enough different people. */
const NEAREST_FACES = 2000;

const LookAlike = z.object({
  person: z.int().nullable().describe("null: an unassigned face"),
  name: z.string().nullable(),
  face: z.int(),
  photograph: z.int(),
  distance: z.number(),
  box: Box.describe("in pixels of the upright photograph"),
  paths: z.array(z.string()),
  gone: z.boolean().describe("the photograph's files are missing"),
});
type LookAlike = z.infer<typeof LookAlike>;

export const lookalike = defineAnswer({
  name: "lookalike",
  summary: "Finds the people of the gallery who look most like the person in a photograph",
  positionals: ["image"],
  examples: [{ command: "facenet lookalike me.jpg --limit 5", says: "five other people, most similar first" }],
  input: z.strictObject({
    image: Photo.describe("photograph of the person"),
    limit: z.int().min(1).max(1000).default(10).describe("maximum number of people"),
    faces: FaceChoice.exclude(["all"]).default("prominent").describe("which face to use if the photograph has several"),
    ...positionOption,
    ...filterOptions,
    ...decisionOptions,
    ...galleryOption,
    ...searchOption,
    ...lookOptions,
    ...galleryModelOptions,
  }),
  output: z.object({
    model: z.string(),
    threshold: z.number().describe("nearer faces count as the same person and are left out, with all faces of that person"),
    calibration: ThresholdOrigin,
    ...searchAnswer,
    people: z.array(LookAlike).describe("most similar first, by nearest face"),
  }),
  run: (input, context) =>
    probeGallery(input, context, async ({ facenet, store, search, code, threshold, calibration }) => {
      // the person is identified in the whole gallery; the filter restricts only the others
      const [near = []] = await search.within([code], { distance: threshold });
      const same = new Set(near.map(({ person }) => person));
      const [others = []] = await search.nearest([code], { k: near.length + NEAREST_FACES, filter: faceFilter(input) });
      const names = await store.names();
      const seen = new Set<number>();
      const people: LookAlike[] = [];
      for (const { id, distance, person, photograph } of others) {
        if (distance <= threshold || (person !== null && (same.has(person) || seen.has(person)))) continue;
        if (person !== null) seen.add(person);
        const name = person === null ? null : (names.get(person) ?? null);
        const { paths = [], gone = true } = (await store.photograph(photograph)) ?? {};
        const face = await store.face(id);
        if (face) people.push({ person, name, face: id, photograph, distance, box: face.box, paths, gone });
        if (people.length === input.limit) break;
      }
      return { model: facenet.model.id, threshold, calibration, search: search.method, people };
    }),
});
