import * as z from "zod";
import { FaceNetError } from "../errors.ts";
import { inGallery } from "../gallery/access/borrow-gallery.ts";
import { findPerson } from "../gallery/people/find-person.ts";
import type { GalleryStore } from "../gallery/store/gallery-store.ts";
import { type Correction, CorrectionRecord, type Link, Person } from "../schemas/gallery.ts";
import { galleryOption } from "../schemas/options.ts";
import { PersonName } from "../schemas/person-name.ts";
import { defineAnswer } from "./operation.ts";
import { namesIn } from "./undo.ts";

const faceIds = z.array(z.int().min(1)).min(1).optional();
const pair = z.array(z.int().min(1)).min(2).optional();

export const people = defineAnswer({
  name: "people",
  summary: "Lists the people of the gallery; names, merges and splits them",
  positionals: ["person"],
  examples: [
    { command: "facenet people", says: "everybody, those with most faces first" },
    { command: "facenet people 12 --name Anna", says: "gives person 12 a name" },
    { command: "facenet people Anna --merge 31", says: "person 31 is Anna, too" },
    { command: "facenet people Anna --assign 12,13", says: "faces 12 and 13 are Anna, whoever clustering took them for" },
    { command: "facenet people --name Ben --assign 14", says: "a new person, Ben, with face 14" },
    { command: "facenet people Anna --remove 12", says: "face 12 is nobody's again; clustering may place it anew" },
    { command: "facenet people Anna --reject 508", says: "face 508 is not Anna, for good" },
    { command: "facenet people Anna --split 508,509", says: "faces 508 and 509 are another person" },
    { command: "facenet people --different 12,508", says: "these two are not one person, whoever they are" },
  ],
  input: z.strictObject({
    person: z.string().optional().describe("number or name of a person (id:12 and name:12 say which is meant)"),
    name: PersonName.optional().describe("give the person this name"),
    merge: z.string().optional().describe("number or name of another person who is the same"),
    assign: faceIds.describe("faces that are this person"),
    remove: faceIds.describe("faces to take from this person; they are nobody's, and free for clustering"),
    reject: faceIds.describe("faces that are not this person"),
    split: faceIds.describe("faces of this person that are another one"),
    same: pair.describe("faces that are one person, whoever that is"),
    different: pair.describe("faces of which no two are one person"),
    ...galleryOption,
  }),
  output: z.object({
    people: z.array(Person),
    faces: z
      .array(z.object({ id: z.int(), photograph: z.int(), paths: z.array(z.string()) }))
      .describe("of the person, when one is named"),
    done: z.array(CorrectionRecord).describe("what was said and done; `facenet undo` takes the last back"),
    names: z.record(z.string(), z.string()).describe("names of the people spoken of in `done`, by their numbers"),
  }),
  run: ({ person: given, gallery, ...wishes }, context) =>
    inGallery(context, gallery, async (store) => {
      refuseContradictions(wishes);
      const person = given === undefined ? undefined : await findPerson(store, given);
      const done: CorrectionRecord[] = [];
      for (const correction of await correctionsOf(store, person, wishes)) done.push(await store.correct(correction));
      const shown = new Set([person?.id, ...done.map((record) => record.person)].filter((id) => typeof id === "number"));
      const everybody = await store.people();
      const last = person ?? (shown.size === 1 ? { id: [...shown][0] as number } : undefined);
      return {
        people: shown.size === 0 ? everybody : everybody.filter(({ id }) => shown.has(id)),
        faces: last ? await facesOf(store, last.id) : [],
        done,
        names: await namesIn(store, done),
      };
    }),
});

type Wishes = Omit<z.output<typeof people.input>, "person" | "gallery">;

/** What is to be said to the gallery, in the order in which it is done; the faces of a person are looked at before anything is. */
async function correctionsOf(store: GalleryStore, person: Person | undefined, wishes: Wishes): Promise<Correction[]> {
  const { name, merge, assign, remove, reject, split } = wishes;
  const links = linksOf(wishes);
  const linking: Correction[] = links.length > 0 ? [{ kind: "link", links }] : [];
  if (!person) {
    if (name !== undefined && assign && !(merge ?? remove ?? reject ?? split))
      return [{ kind: "create", name, faces: assign }, ...linking];
    if (name ?? merge ?? assign ?? remove ?? reject ?? split)
      throw new FaceNetError("OPTION_INVALID", { option: "person", reason: "must say who is meant, a number or a name" });
    return linking;
  }
  const { id } = person;
  for (const face of remove ?? []) {
    if ((await store.face(face))?.person !== id) throw new FaceNetError("FACE_UNKNOWN", { face, person: id });
  }
  return [
    ...(merge === undefined ? [] : [{ kind: "merge", into: id, from: await other(store, person, merge) } as const]),
    ...(assign ? [{ kind: "assign", faces: assign, person: id } as const] : []),
    ...(remove ? [{ kind: "assign", faces: remove, person: null } as const] : []),
    ...(reject ? [{ kind: "reject", faces: reject, person: id } as const] : []),
    ...(split ? [{ kind: "split", faces: split, person: id } as const] : []),
    ...(name === undefined ? [] : [{ kind: "name", person: id, name } as const]),
    ...linking,
  ];
}

async function other(store: GalleryStore, person: Person, given: string): Promise<number> {
  const { id } = await findPerson(store, given);
  if (id !== person.id) return id;
  throw new FaceNetError("OPTION_INVALID", { option: "merge", reason: `${given} is the same person already` });
}

/** One person: each with the next. Different people: each with each. */
function linksOf({ same = [], different = [] }: Wishes): Link[] {
  const chain = same.slice(1).map((b, i) => ({ a: same[i] as number, b, kind: "must" }) as const);
  const pairs = different.flatMap((a, i) => different.slice(i + 1).map((b) => ({ a, b, kind: "cannot" }) as const));
  return [...chain, ...pairs];
}

/** @throws FaceNetError OPTION_INVALID for a face of which two things are said at once */
function refuseContradictions({ same = [], different = [], ...wishes }: Wishes): void {
  const said = new Map<number, string>();
  for (const option of ["assign", "remove", "reject", "split"] as const) {
    for (const face of new Set(wishes[option])) {
      const before = said.get(face);
      if (before !== undefined)
        throw new FaceNetError("OPTION_INVALID", { option: `--${option}`, reason: `names face ${face}, as does --${before}` });
      said.set(face, option);
    }
  }
  for (const [option, faces] of Object.entries({ same, different })) {
    if (new Set(faces).size < faces.length)
      throw new FaceNetError("OPTION_INVALID", { option: `--${option}`, reason: "names a face twice" });
  }
  const twice = different.filter((face) => same.includes(face));
  if (twice.length > 1)
    throw new FaceNetError("OPTION_INVALID", {
      option: "different",
      reason: `names faces ${twice[0]} and ${twice[1]}, as does same`,
    });
}

async function facesOf(store: GalleryStore, person: number) {
  const faces: { id: number; photograph: number; paths: string[] }[] = [];
  for await (const { id, photograph } of store.faces({ person })) {
    faces.push({ id, photograph, paths: (await store.photograph(photograph))?.paths ?? [] });
  }
  return faces;
}
