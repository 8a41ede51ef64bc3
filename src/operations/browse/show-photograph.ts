import * as z from "zod";
import { FaceNetError } from "../../errors.ts";
import { farAtDistance } from "../../faces/verdict.ts";
import { inSearchedGallery } from "../../gallery/access/borrow-gallery.ts";
import { galleryModel } from "../../gallery/access/gallery-model.ts";
import { likelyPeople } from "../../gallery/people/likely-people.ts";
import { Photograph } from "../../schemas/gallery.ts";
import { galleryOption, modelOptions } from "../../schemas/options.ts";
import { defineAnswer } from "../operation.ts";
import { ShownFace, shown } from "./list-faces.ts";

/** Likely people listed for each face. */
const RIVALS = 4;

export const LikelyPerson = z
  .object({
    person: z.int(),
    name: z.string().nullable(),
    face: z.int().describe("nearest other face of the person"),
    distance: z.number().describe("to that face, squared L2"),
    strangersAsClose: z.number().describe("share of impostor pairs at least as close"),
  })
  .meta({ id: "LikelyPerson" });

export const showPhotograph = defineAnswer({
  name: "show photograph",
  summary: "Shows a photograph of the gallery with its faces, their people and likely people",
  input: z.strictObject({
    photograph: z.int().min(1),
    model: z.string().optional(),
    calibration: modelOptions.calibration,
    ...galleryOption,
  }),
  output: Photograph.extend({
    faces: z.array(
      ShownFace.extend({
        name: z.string().nullable().describe("of the person"),
        likely: z.array(LikelyPerson).describe("nearest people, nearest first, including the face's own person"),
      }),
    ),
  }),
  run: ({ photograph, model, calibration, gallery }, context) =>
    inSearchedGallery(context, gallery, async (store, search) => {
      const found = await store.photograph(photograph);
      if (!found) throw new FaceNetError("NOT_FOUND", { what: "photograph", id: photograph });
      const faces = await Array.fromAsync(store.faces({ photograph }));
      const identity = await store.identity();
      if (!identity || faces.length === 0) return { ...found, faces: [] };
      const { manifest } = await galleryModel(store, identity, { model, calibration });
      const likely = await likelyPeople(store, search, faces, { rivals: RIVALS });
      const names = await store.names();
      return {
        ...found,
        faces: faces.map((face, i) => ({
          ...shown(face),
          name: face.person === null ? null : (names.get(face.person) ?? null),
          likely: (likely[i] ?? []).map(({ person, face: nearest, distance }) => ({
            person,
            face: nearest,
            name: names.get(person) ?? null,
            distance,
            strangersAsClose: farAtDistance(manifest, distance),
          })),
        })),
      };
    }),
});
