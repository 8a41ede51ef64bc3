import * as z from "zod";
import { inGallery } from "../gallery/access/borrow-gallery.ts";
import { namesIn } from "../gallery/people/names-in.ts";
import { CorrectionRecord } from "../schemas/gallery.ts";
import { galleryOption } from "../schemas/options.ts";
import { defineAnswer } from "./operation.ts";

const names = z.record(z.string(), z.string()).describe("names of the people spoken of, by their numbers");
const correction = z.int().optional();

export const undo = defineAnswer({
  name: "undo",
  summary: "Takes back the last change to people: what was said, a run of clustering, an import",
  positionals: [],
  examples: [
    { command: "facenet undo", says: "once more takes back the one before" },
    { command: "facenet undo --list", says: "what can be taken back, the last first, and who did it" },
  ],
  input: z.strictObject({
    list: z.boolean().default(false).describe("only say what can be taken back"),
    limit: z.int().min(1).max(10_000).default(20).describe("how many to list"),
    correction: correction.describe("number of the change: nothing is taken back if another was made since"),
    ...galleryOption,
  }),
  output: z.object({
    undone: CorrectionRecord.nullable().describe("null: nothing was taken back"),
    left: z.int().describe("how many can still be taken back"),
    redoable: z.int().describe("how many can be done again"),
    corrections: z.array(CorrectionRecord).describe("with --list: what can be taken back, the last first"),
    names,
  }),
  run: ({ list, limit, correction, gallery }, context) =>
    inGallery(context, gallery, async (store) => {
      const undone = list ? null : ((await store.undo(correction)) ?? null);
      const corrections = list ? await store.corrections(limit) : [];
      const { corrections: left, undone: redoable } = await store.statistics();
      return { undone, left, redoable, corrections, names: await namesIn(store, undone ? [undone] : corrections) };
    }),
});

export const redo = defineAnswer({
  name: "redo",
  summary: "Does again what undo took back last; a new change to people ends that",
  positionals: [],
  examples: [{ command: "facenet redo", says: "once more does the next one again" }],
  input: z.strictObject({
    list: z.boolean().default(false).describe("only say what can be done again"),
    limit: z.int().min(1).max(10_000).default(20).describe("how many to list"),
    correction: correction.describe("number of the change: nothing is done if it is not the next one"),
    ...galleryOption,
  }),
  output: z.object({
    redone: CorrectionRecord.nullable().describe("null: nothing was done"),
    left: z.int().describe("how many can still be done again"),
    corrections: z.array(CorrectionRecord).describe("with --list: what can be done again, the next first"),
    names,
  }),
  run: ({ list, limit, correction, gallery }, context) =>
    inGallery(context, gallery, async (store) => {
      const redone = list ? null : ((await store.redo(correction)) ?? null);
      const corrections = list ? await store.corrections(limit, { undone: true }) : [];
      const { undone: left } = await store.statistics();
      return { redone, left, corrections, names: await namesIn(store, redone ? [redone] : corrections) };
    }),
});
