import * as z from "zod";
import { FaceNetError } from "../../errors.ts";
import { farAtDistance } from "../../faces/verdict.ts";
import { inGallery, inSearchedGallery } from "../../gallery/access/borrow-gallery.ts";
import { galleryModel } from "../../gallery/access/gallery-model.ts";
import { findPerson } from "../../gallery/people/find-person.ts";
import { samePersonQuestions } from "../../gallery/people/same-person.ts";
import { yearsApart } from "../../gallery/people/years-apart.ts";
import type { GalleryStore } from "../../gallery/store/gallery-store.ts";
import { type Correction, CorrectionRecord } from "../../schemas/gallery.ts";
import { galleryOption, modelOptions } from "../../schemas/options.ts";
import { defineAnswer } from "../operation.ts";

const Suggestion = z
  .object({
    person: z.object({ id: z.int(), name: z.string().nullable(), faces: z.int(), cover: z.int().nullable() }),
    group: z.object({ id: z.int(), faces: z.int() }).nullable().describe("unnamed group of faces; null: an unassigned face"),
    faces: z.array(z.int()).describe("the face, or the faces of the group that were compared, best first"),
    nearest: z.int().describe("nearest face of the person"),
    distance: z.number().describe("squared L2; for a group the median over its faces"),
    strangersAsClose: z.number().describe("share of impostor pairs at least as close"),
    yearsApart: z
      .number()
      .nullable()
      .describe("between the photographs of the nearest face and of the first of `faces`; null where a date is not known"),
  })
  .meta({ id: "Suggestion" });

export const suggestions = defineAnswer({
  name: "people suggestions",
  summary: "Suggests which unnamed groups and faces are a named person, most likely first",
  examples: [
    { command: "facenet people suggestions", says: "the 20 most likely; answer with `facenet people answer`" },
    { command: "facenet people suggestions --person Anna", says: "only candidates for Anna" },
  ],
  input: z.strictObject({
    person: z.string().optional().describe("number or name: only questions about this person"),
    limit: z.int().min(1).max(1000).default(20).describe("maximum number of questions"),
    model: z.string().optional().describe("path of the gallery's model, if it is your own (default: determined by the gallery)"),
    calibration: modelOptions.calibration,
    ...galleryOption,
  }),
  output: z.object({
    total: z.int().describe("total number of questions"),
    leftOut: z.int().describe("newest unnamed faces, not compared because there are more than 20,000"),
    suggestions: z.array(Suggestion),
  }),
  run: ({ person: given, limit, model, calibration, gallery }, context) =>
    inSearchedGallery(context, gallery, async (store, search) => {
      const identity = await store.identity();
      if (!identity) return { total: 0, leftOut: 0, suggestions: [] };
      const only = given === undefined ? undefined : (await findPerson(store, given)).id;
      const { manifest } = await galleryModel(store, identity, { model, calibration });
      const farthest = Math.max(...manifest.thresholds.map(({ distance }) => distance));
      const { questions, leftOut } = await samePersonQuestions(store, search, { farthest });
      const all = questions.filter(({ person }) => only === undefined || person.id === only);
      const page = all.slice(0, limit);
      const years = await Promise.all(page.map(({ faces: [first], nearest }) => yearsBetween(store, first, nearest)));
      const covers = await store.covers([...new Set(page.map(({ person }) => person.id))]);
      return {
        total: all.length,
        leftOut,
        suggestions: page.map(({ person: { id, name, faces: count }, group, faces, nearest, distance }, i) => ({
          person: { id, name, faces: count, cover: covers.get(id) ?? null },
          group: group && { id: group.id, faces: group.faces },
          faces: [...faces],
          nearest,
          distance,
          strangersAsClose: farAtDistance(manifest, distance),
          yearsApart: years[i] ?? null,
        })),
      };
    }),
});

async function yearsBetween(store: GalleryStore, a: number | undefined, b: number): Promise<number | null> {
  const dateOf = async (id: number | undefined) => {
    const face = id === undefined ? undefined : await store.face(id);
    return face && (await store.photograph(face.photograph))?.takenAt;
  };
  const years = yearsApart(await dateOf(a), await dateOf(b));
  return years === null ? null : Math.round(years * 10) / 10;
}

export const answerSuggestion = defineAnswer({
  name: "people answer",
  summary: "Answers whether an unnamed group or a face is a person",
  positionals: ["person", "answer"],
  examples: [
    { command: "facenet people answer Anna yes --group 31", says: "group 31 is Anna" },
    { command: "facenet people answer Anna no --face 12", says: "face 12 is not Anna, permanently" },
    { command: "facenet people answer Anna unsure --group 40", says: "asked again when there are more faces" },
  ],
  input: z.strictObject({
    person: z.string().describe("number or name"),
    answer: z.enum(["yes", "no", "unsure"]).describe("yes, no, or unsure: asked again when there are more faces"),
    group: z.string().optional().describe("number of an unnamed group"),
    face: z.int().min(1).optional().describe("number of a face"),
    ...galleryOption,
  }),
  output: CorrectionRecord,
  run: ({ person, answer, group, face, gallery }, context) =>
    inGallery(context, gallery, async (store) => {
      if ((group === undefined) === (face === undefined))
        throw new FaceNetError("OPTION_INVALID", { option: "group, face", reason: "exactly one is required" });
      const { id } = await findPerson(store, person);
      const other = group === undefined ? undefined : (await findPerson(store, group)).id;
      if (other === id)
        throw new FaceNetError("OPTION_INVALID", { option: "group", reason: `${group} is already the same person` });
      return store.correct(await correctionOf(store, id, { answer, group: other, face }));
    }),
});

type Given = { readonly answer: "yes" | "no" | "unsure"; readonly group: number | undefined; readonly face: number | undefined };

async function correctionOf(store: GalleryStore, person: number, { answer, group, face }: Given): Promise<Correction> {
  if (answer === "unsure") return { kind: "undecided", person, ...(group === undefined ? { face } : { group }) };
  if (group !== undefined && answer === "yes") return { kind: "merge", into: person, from: group };
  const faces = group === undefined ? [face as number] : await facesOf(store, group);
  return answer === "yes" ? { kind: "assign", faces, person } : { kind: "reject", faces, person };
}

async function facesOf(store: GalleryStore, group: number): Promise<number[]> {
  const faces: number[] = [];
  for await (const { id } of store.faces({ person: group })) faces.push(id);
  return faces;
}
