import * as z from "zod";
import { FaceNetError } from "../errors.ts";
import type { GalleryStore } from "../gallery/gallery-store.ts";
import { Person } from "../schemas/gallery.ts";
import { galleryOption } from "../schemas/options.ts";
import { openGallery } from "./open-gallery.ts";
import { defineAnswer } from "./operation.ts";

const faceIds = z.array(z.int().min(1)).min(1).optional();

export const people = defineAnswer({
  name: "people",
  summary: "Lists the people of the gallery; names, merges and splits them",
  positionals: ["person"],
  examples: [
    { command: "facenet people", says: "everybody, those with most faces first" },
    { command: "facenet people 12 --name Anna", says: "gives person 12 a name" },
    { command: "facenet people Anna --merge 31", says: "person 31 is Anna, too" },
    { command: "facenet people Anna --reject 508", says: "face 508 is not Anna, for good" },
    { command: "facenet people Anna --split 508,509", says: "faces 508 and 509 are another person" },
  ],
  input: z.strictObject({
    person: z.string().optional().describe("number or name of a person"),
    name: z.string().trim().min(1).optional().describe("give the person this name"),
    merge: z.string().optional().describe("number or name of another person who is the same"),
    reject: faceIds.describe("faces that are not this person"),
    split: faceIds.describe("faces of this person that are another one"),
    ...galleryOption,
  }),
  output: z.object({
    people: z.array(Person),
    faces: z
      .array(z.object({ id: z.int(), photograph: z.int(), paths: z.array(z.string()) }))
      .describe("of the person, when one is named"),
  }),
  async run({ person: given, name, merge, reject, split, gallery }) {
    const store = await openGallery(gallery);
    try {
      if (given === undefined) {
        if (name ?? merge ?? reject ?? split)
          throw new FaceNetError("OPTION_INVALID", { option: "person", reason: "must say who is meant, a number or a name" });
        return { people: await store.people(), faces: [] };
      }
      const { id: person } = await findPerson(store, given);
      const shown = new Set([person]);
      if (merge !== undefined) await store.correct({ kind: "merge", into: person, from: (await findPerson(store, merge)).id });
      if (reject) await store.correct({ kind: "reject", person, faces: reject });
      if (split) shown.add((await store.correct({ kind: "split", person, faces: split })).person as number);
      if (name !== undefined) await store.correct({ kind: "name", person, name });
      return { people: (await store.people()).filter(({ id }) => shown.has(id)), faces: await facesOf(store, person) };
    } finally {
      await store.close();
    }
  },
});

/**
 * By number, or by name.
 *
 * @throws FaceNetError PERSON_NOT_FOUND
 */
export async function findPerson(store: GalleryStore, given: string): Promise<Person> {
  const found = (await store.personByName(given)) ?? (/^\d{1,15}$/.test(given) ? await store.person(Number(given)) : undefined);
  if (!found) throw new FaceNetError("PERSON_NOT_FOUND", { person: given });
  return found;
}

async function facesOf(store: GalleryStore, person: number) {
  const faces: { id: number; photograph: number; paths: string[] }[] = [];
  for await (const { id, photograph } of store.faces({ person })) {
    faces.push({ id, photograph, paths: (await store.photograph(photograph))?.paths ?? [] });
  }
  return faces;
}
