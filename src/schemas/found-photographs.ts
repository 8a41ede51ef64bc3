/** Photographs of people, as `find` returns them. */
import * as z from "zod";
import { Box } from "./face.ts";

const FoundFaceRecord = z.object({
  face: z.int(),
  person: z.int().nullable(),
  distance: z.number().nullable().describe("of that face, squared L2; null for a person searched by name"),
  box: Box.describe("in pixels of the upright photograph"),
});

export const FoundPhotograph = FoundFaceRecord.extend({
  photograph: z.int(),
  paths: z.array(z.string()),
  gone: z.boolean().describe("no longer on disk; paths are the last known ones"),
  width: z.int().describe("pixels of the upright photograph"),
  height: z.int().describe("pixels of the upright photograph"),
  takenAt: z.string().nullable(),
  faces: z.array(FoundFaceRecord).describe("best face of each person found, in the order of the query; the first is also `face`"),
});
export type FoundPhotograph = z.infer<typeof FoundPhotograph>;

const KnownPerson = z.object({ id: z.int(), name: z.string().nullable() });

export const FoundPhotographs = z.object({
  person: KnownPerson.nullable().describe("the person found, or the first of several; all their photographs are listed"),
  people: z.array(KnownPerson).describe("all known people of the query, that of the photograph first"),
  photographs: z.array(FoundPhotograph).describe("nearest first, by nearest face; without a photograph oldest first"),
});
export type FoundPhotographs = z.infer<typeof FoundPhotographs>;
