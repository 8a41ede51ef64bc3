import * as z from "zod";
import { inGallery } from "../gallery/access/borrow-gallery.ts";
import { namesIn } from "../gallery/people/names-in.ts";
import { CorrectionRecord } from "../schemas/gallery.ts";
import { galleryOption } from "../schemas/options.ts";
import { defineAnswer } from "./operation.ts";

const names = z.record(z.string(), z.string()).describe("names of the people in these changes, by number");
const correction = z.int().optional();

export const undo = defineAnswer({
  name: "undo",
  summary: "Undoes the last change to people: a correction, a run of clustering, an import",
  examples: [
    { command: "facenet undo", says: "run it again to undo the one before" },
    { command: "facenet undo --list", says: "changes that can be undone, latest first, with their authors" },
  ],
  input: z.strictObject({
    list: z.boolean().default(false).describe("only list changes that can be undone"),
    limit: z.int().min(1).max(10_000).default(20).describe("maximum number to list"),
    correction: correction.describe("number of the change: nothing is undone if there is a later one"),
    ...galleryOption,
  }),
  output: z.object({
    undone: CorrectionRecord.nullable().describe("null: nothing was undone"),
    left: z.int().describe("number of changes that can still be undone"),
    redoable: z.int().describe("number of changes that can be redone"),
    corrections: z.array(CorrectionRecord).describe("with --list: changes that can be undone, latest first"),
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
  summary: "Redoes the last undone change, unless another change was made since",
  examples: [{ command: "facenet redo", says: "run it again to redo the next one" }],
  input: z.strictObject({
    list: z.boolean().default(false).describe("only list changes that can be redone"),
    limit: z.int().min(1).max(10_000).default(20).describe("maximum number to list"),
    correction: correction.describe("number of the change: nothing is redone if it is not the next one"),
    ...galleryOption,
  }),
  output: z.object({
    redone: CorrectionRecord.nullable().describe("null: nothing was redone"),
    left: z.int().describe("number of changes that can still be redone"),
    corrections: z.array(CorrectionRecord).describe("with --list: changes that can be redone, next first"),
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
