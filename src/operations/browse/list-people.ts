import * as z from "zod";
import type { GalleryStore } from "../../gallery/gallery-store.ts";
import { Person } from "../../schemas/gallery.ts";
import { galleryOption } from "../../schemas/options.ts";
import { inGallery } from "../borrow-gallery.ts";
import { defineAnswer } from "../operation.ts";
import { next, pageOptions } from "./page.ts";

/** Faces of a person that are looked at for the one to show. */
const CHOSEN_FROM = 50;

export const listPeople = defineAnswer({
  name: "list people",
  summary: "The people of the gallery in pages, those with a name first, then those with most faces",
  positionals: [],
  examples: [],
  input: z.strictObject({
    named: z.boolean().optional().describe("only people with a name, or only those without"),
    ...pageOptions,
    ...galleryOption,
  }),
  output: z.object({
    people: z.array(Person.extend({ cover: z.int().nullable().describe("the face to show for them") })),
    total: z.int().describe("on all pages"),
    next,
  }),
  run: ({ named, after, limit, gallery }, context) =>
    inGallery(context, gallery, async (store) => {
      const wanted = (await store.people()).filter(({ name }) => named === undefined || named === (name !== null));
      const page = wanted.sort(namedFirst).slice(after, after + limit);
      const people = await Promise.all(page.map(async (person) => ({ ...person, cover: await coverOf(store, person.id) })));
      return { people, total: wanted.length, next: after + limit < wanted.length ? after + limit : null };
    }),
});

function namedFirst(a: Person, b: Person): number {
  return Number(a.name === null) - Number(b.name === null) || b.faces - a.faces || a.id - b.id;
}

/** The largest face that nothing speaks against, or the largest. */
export async function coverOf(store: GalleryStore, person: number): Promise<number | null> {
  let best: { readonly id: number; readonly worth: number } | undefined;
  let seen = 0;
  for await (const { id, quality } of store.faces({ person })) {
    const worth = quality.sizePx + (quality.acceptable ? 1e6 : 0);
    if (!best || worth > best.worth) best = { id, worth };
    if (++seen === CHOSEN_FROM) break;
  }
  return best?.id ?? null;
}
