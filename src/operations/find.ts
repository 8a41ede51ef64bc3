import * as z from "zod";
import { FaceNetError } from "../errors.ts";
import { wantedRate } from "../faces/verdict.ts";
import { inGallery } from "../gallery/access/borrow-gallery.ts";
import { probeGallery } from "../gallery/access/probe-gallery.ts";
import { faceFilter } from "../gallery/people/face-filter.ts";
import { findPhotographs } from "../gallery/people/find-photographs.ts";
import { matches } from "../gallery/people/photographs-showing.ts";
import { FaceChoice } from "../schemas/face-choice.ts";
import { FoundPhotographs } from "../schemas/found-photographs.ts";
import {
  decisionOptions,
  filterOptions,
  galleryModelOptions,
  galleryOption,
  lookOptions,
  Photo,
  personsOption,
  positionOption,
  SearchMethod,
  searchOption,
} from "../schemas/options.ts";
import { ThresholdOrigin } from "../schemas/threshold.ts";
import { defineAnswer } from "./operation.ts";

export const find = defineAnswer({
  name: "find",
  summary: "Finds the gallery's photographs of a person, or of several together",
  positionals: ["image"],
  examples: [
    { command: "facenet find anna.jpg", says: "paths with face and distance, nearest first" },
    { command: "facenet find --person Anna --taken-from 2019-07 --taken-to 2019-08", says: "Anna's photographs of that summer" },
    { command: "facenet find --person Anna --person Ben --without Carl", says: "Anna and Ben together, without Carl" },
    { command: "facenet find --person Anna --person Ben --match only", says: "these two and nobody else" },
    { command: "facenet find --person Anna --copy-to album", says: "copies her photographs into a folder" },
  ],
  input: z.strictObject({
    image: Photo.optional().describe("photograph of the person"),
    person: personsOption.optional().describe("number or name of a person, in place of a photograph or in addition to one"),
    match: z
      .enum(matches)
      .default("all")
      .describe("several people: all of them together, any of them, or only them (all, and nobody else except ignored faces)"),
    without: personsOption.optional().describe("number or name of a person who must not be shown"),
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
    model: z.string().nullable(),
    threshold: z.number().nullable().describe("null without a photograph"),
    falseAcceptRate: z.number().nullable().describe("null when a threshold was given"),
    calibration: ThresholdOrigin.nullable().describe("null without a photograph"),
    search: SearchMethod.exclude(["auto"]).nullable().describe("exact, or by an approximate index; null without a photograph"),
    ...FoundPhotographs.shape,
  }),
  async run({ image, person: names = [], match, without = [], ...input }, context) {
    if (image === undefined && names.length === 0)
      throw new FaceNetError("OPTION_INVALID", { option: "find", reason: "give a photograph or a person" });
    const query = { names, without, match, filter: faceFilter(input) };
    if (image === undefined)
      return inGallery(context, input.gallery, async (store) => ({
        model: (await store.identity())?.model ?? null,
        threshold: null,
        falseAcceptRate: null,
        calibration: null,
        search: null,
        ...(await findPhotographs(store, query)),
      }));
    return probeGallery({ ...input, image }, context, async (probe) => ({
      model: probe.facenet.model.id,
      threshold: probe.threshold,
      falseAcceptRate: input.threshold === undefined ? wantedRate(input) : null,
      calibration: probe.calibration,
      search: probe.search.method,
      ...(await findPhotographs(probe.store, { ...query, probe })),
    }));
  },
});
