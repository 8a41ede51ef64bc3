import * as z from "zod";
import { inGallery } from "../../gallery/access/borrow-gallery.ts";
import { Person } from "../../schemas/gallery.ts";
import { galleryOption } from "../../schemas/options.ts";
import { defineAnswer } from "../operation.ts";
import { next, pageOptions } from "./page.ts";

export const listPeople = defineAnswer({
  name: "list people",
  summary: "Lists people of the gallery, paginated: named people first, then by number of faces",
  input: z.strictObject({
    named: z.boolean().optional().describe("only people with a name, or only those without"),
    hidden: z.boolean().optional().describe("only hidden people; by default only visible ones"),
    first: z.enum(["named", "unnamed"]).default("named").describe("who comes first"),
    search: z.string().max(200).optional().describe("only people with this in their name, or with this number"),
    ...pageOptions,
    ...galleryOption,
  }),
  output: z.object({
    people: z.array(Person.extend({ cover: z.int().nullable().describe("face that represents the person") })),
    total: z.int().describe("number on all pages"),
    next,
  }),
  run: ({ named, hidden = false, first, search = "", after, limit, gallery }, context) =>
    inGallery(context, gallery, async (store) => {
      const isNamed = ({ name }: Person) => named === undefined || named === (name !== null);
      const isSought = search.trim() === "" ? () => true : matches(search.trim());
      const wanted = (await store.people()).filter((person) => person.hidden === hidden && isNamed(person) && isSought(person));
      const page = wanted.sort(first === "named" ? namedFirst : unnamedFirst).slice(after, after + limit);
      const covers = await store.covers(page.map(({ id }) => id));
      const people = page.map((person) => ({ ...person, cover: covers.get(person.id) ?? null }));
      return { people, total: wanted.length, next: after + limit < wanted.length ? after + limit : null };
    }),
});

function namedFirst(a: Person, b: Person): number {
  return Number(a.name === null) - Number(b.name === null) || b.faces - a.faces || a.id - b.id;
}

function unnamedFirst(a: Person, b: Person): number {
  return Number(a.name !== null) - Number(b.name !== null) || b.faces - a.faces || a.id - b.id;
}

/** Ignores case and Unicode normalisation. */
function matches(text: string): (person: Person) => boolean {
  const plain = (name: string): string => name.normalize("NFKC").toLowerCase();
  const wanted = plain(text);
  return ({ id, name }) => String(id) === text || (name !== null && plain(name).includes(wanted));
}
