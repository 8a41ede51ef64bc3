import * as z from "zod";
import { inGallery } from "../gallery/access/borrow-gallery.ts";
import type { GalleryStore } from "../gallery/store/gallery-store.ts";
import { type Correction, CorrectionRecord } from "../schemas/gallery.ts";
import { galleryOption } from "../schemas/options.ts";
import { defineAnswer } from "./operation.ts";

export const undo = defineAnswer({
  name: "undo",
  summary: "Takes back what was last said of people, and says what it was",
  positionals: [],
  examples: [
    { command: "facenet undo", says: "once more takes back the one before" },
    { command: "facenet undo --list", says: "what can be taken back, the last first" },
  ],
  input: z.strictObject({
    list: z.boolean().default(false).describe("only say what can be taken back"),
    limit: z.int().min(1).max(10_000).default(20).describe("how many to list"),
    correction: z.int().optional().describe("number of the correction: nothing is taken back if another was made since"),
    ...galleryOption,
  }),
  output: z.object({
    undone: CorrectionRecord.nullable().describe("null: nothing was taken back"),
    left: z.int().describe("how many can still be taken back"),
    corrections: z.array(CorrectionRecord).describe("with --list, the last first"),
    names: z.record(z.string(), z.string()).describe("names of the people spoken of, by their numbers"),
  }),
  run: ({ list, limit, correction, gallery }, context) =>
    inGallery(context, gallery, async (store) => {
      const undone = list ? null : ((await store.undo(correction)) ?? null);
      const corrections = list ? await store.corrections(limit) : [];
      const { corrections: left } = await store.statistics();
      return { undone, left, corrections, names: await namesIn(store, undone ? [undone] : corrections) };
    }),
});

/** Names of the people that corrections speak of, as they are now. */
export async function namesIn(store: GalleryStore, records: readonly CorrectionRecord[]): Promise<Record<string, string>> {
  const ids = new Set(records.flatMap(({ correction, person }) => [...peopleIn(correction), person ?? []].flat()));
  const people = await Promise.all([...ids].map((id) => store.person(id)));
  return Object.fromEntries(people.flatMap((person) => (person?.name ? [[person.id, person.name]] : [])));
}

function peopleIn(correction: Correction): number[] {
  switch (correction.kind) {
    case "create":
    case "link":
      return [];
    case "assign":
      return correction.person === null ? [] : [correction.person];
    case "name":
    case "reject":
    case "split":
      return [correction.person];
    case "merge":
      return [correction.into, correction.from];
    default:
      correction satisfies never;
      throw new TypeError("correction of unknown kind");
  }
}
