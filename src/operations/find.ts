import * as z from "zod";
import { FaceNetError } from "../errors.ts";
import { wantedRate } from "../faces/verdict.ts";
import { inGallery } from "../gallery/access/borrow-gallery.ts";
import { type Probe, probeGallery } from "../gallery/access/probe-gallery.ts";
import { faceFilter } from "../gallery/people/face-filter.ts";
import { findPerson } from "../gallery/people/find-person.ts";
import { matches, photographsShowing, type Showing, type Sought } from "../gallery/people/photographs-showing.ts";
import type { FaceFilter, FoundFace, GalleryStore } from "../gallery/store/gallery-store.ts";
import { codeDistance } from "../metric/distance.ts";
import { Box } from "../schemas/face.ts";
import { FaceChoice } from "../schemas/face-choice.ts";
import {
  decisionOptions,
  filterOptions,
  galleryModelOptions,
  galleryOption,
  lookOptions,
  Photo,
  personsOption,
  positionOption,
  SearchMethod,
  searchOption,
} from "../schemas/options.ts";
import { ThresholdOrigin } from "../schemas/threshold.ts";
import type { Neighbour } from "../search/selection.ts";
import { defineAnswer } from "./operation.ts";

const FoundFaceRecord = z.object({
  face: z.int(),
  person: z.int().nullable(),
  distance: z.number().nullable().describe("of that face, squared L2; null for a person sought by name"),
  box: Box.describe("where the face is, in pixels of the upright photograph"),
});

const FoundPhotograph = FoundFaceRecord.extend({
  photograph: z.int(),
  paths: z.array(z.string()),
  gone: z.boolean().describe("no file on disk holds it; the paths are where it lay last"),
  width: z.int().describe("pixels of the upright photograph"),
  height: z.int().describe("pixels of the upright photograph"),
  takenAt: z.string().nullable(),
  faces: z
    .array(FoundFaceRecord)
    .describe("one face of each who is sought and there, in their order; the first is `face` as well"),
});
type FoundPhotograph = z.infer<typeof FoundPhotograph>;

const KnownPerson = z.object({ id: z.int(), name: z.string().nullable() });

export const find = defineAnswer({
  name: "find",
  summary: "Every photograph of the gallery that shows a person, or several together",
  positionals: ["image"],
  examples: [
    { command: "facenet find anna.jpg", says: "paths with the face and its distance, closest first" },
    { command: "facenet find --person Anna --taken-from 2019-07 --taken-to 2019-08", says: "Anna's photographs of that summer" },
    { command: "facenet find --person Anna --person Ben --without Carl", says: "Anna and Ben together, Carl not" },
    { command: "facenet find --person Anna --person Ben --match only", says: "the two of them and nobody else" },
    { command: "facenet find --person Anna --copy-to album", says: "copies her photographs into a folder" },
  ],
  input: z.strictObject({
    image: Photo.optional().describe("a photograph of the person"),
    person: personsOption.optional().describe("number or name of a person, instead of a photograph or together with one"),
    match: z
      .enum(matches)
      .default("all")
      .describe("of several people: all of them together, any of them, or only them (all, and nobody else but ignored faces)"),
    without: personsOption.optional().describe("number or name of a person who must not be there"),
    faces: FaceChoice.exclude(["all"]).default("prominent").describe("which face of the photograph, where there are several"),
    ...positionOption,
    ...filterOptions,
    ...decisionOptions,
    ...galleryOption,
    ...searchOption,
    ...lookOptions,
    ...galleryModelOptions,
  }),
  output: z.object({
    model: z.string().nullable(),
    threshold: z.number().nullable().describe("null without a photograph"),
    falseAcceptRate: z.number().nullable().describe("null when a threshold was given"),
    calibration: ThresholdOrigin.nullable().describe("null without a photograph"),
    search: SearchMethod.exclude(["auto"])
      .nullable()
      .describe("exact, or by an index that may miss some; null without a photograph"),
    person: KnownPerson.nullable().describe("who that is, the first of several; all photographs of theirs are compared"),
    people: z.array(KnownPerson).describe("everybody sought who is known, the one of the photograph first"),
    photographs: z
      .array(FoundPhotograph)
      .describe("closest first, by the closest face of each; without a photograph the oldest first"),
  }),
  async run({ image, person: names = [], match, without: others = [], ...input }, context) {
    if (image === undefined && names.length === 0)
      throw new FaceNetError("OPTION_INVALID", { option: "find", reason: "give a photograph or a person" });
    const filter = faceFilter(input);
    const search = async (store: GalleryStore, probed: readonly Sought[]) => {
      const given = [...probed];
      for (const name of names) given.push(await soughtByName(store, name, filter));
      const sought = distinct(given);
      const without: number[] = [];
      for (const name of others) without.push((await findPerson(store, name)).id);
      const people: z.output<typeof KnownPerson>[] = [];
      for (const { person } of sought) {
        if (person !== null) people.push({ id: person, name: (await store.person(person))?.name ?? null });
      }
      const showing = await photographsShowing(store, sought, { match, without });
      return { person: people[0] ?? null, people, photographs: await recordsOf(store, showing) };
    };
    if (image === undefined)
      return inGallery(context, input.gallery, async (store) => {
        const { photographs, ...found } = await search(store, []);
        return {
          model: (await store.identity())?.model ?? null,
          threshold: null,
          falseAcceptRate: null,
          calibration: null,
          search: null,
          ...found,
          photographs: photographs.sort(byDate),
        };
      });
    return probeGallery({ ...input, image }, context, async (probe) => {
      const { photographs, person, people } = await search(probe.store, [await soughtByProbe(probe, filter)]);
      return {
        model: probe.facenet.model.id,
        threshold: probe.threshold,
        falseAcceptRate: input.threshold === undefined ? wantedRate(input) : null,
        calibration: probe.calibration,
        search: probe.search.method,
        person,
        people,
        photographs: photographs.sort((a, b) => (a.distance ?? 4) - (b.distance ?? 4)),
      };
    });
  },
});

async function soughtByName(store: GalleryStore, name: string, filter: FaceFilter | undefined): Promise<Sought> {
  const { id } = await findPerson(store, name);
  const faces = await Array.fromAsync(store.faces({ ...filter, person: id }));
  return { person: id, faces: faces.map((face) => ({ face, distance: null })) };
}

/** The person of the photograph; without one, whose faces are near. */
async function soughtByProbe(probe: Probe, filter: FaceFilter | undefined): Promise<Sought> {
  const { store, search, threshold } = probe;
  const [near = []] = await search.within([probe.code], { distance: threshold });
  const person = near.find((face) => face.person !== null)?.person ?? null;
  const candidates = person === null ? near : await facesOf(person, near, probe);
  const distances = new Map(candidates.map(({ id, distance }) => [id, distance]));
  const faces = await Array.fromAsync(store.faces({ ...filter, ids: [...distances.keys()] }));
  const found = faces.map((face) => ({ face, distance: distances.get(face.id) as number }));
  return { person, faces: found.sort((a, b) => a.distance - b.distance) };
}

/** Squared L2 of a face that is a person's by hand and shows too little to be compared: after all others. */
const FARTHEST = 4;

/**
 * The faces of a person: all that are theirs already, however far, and those near that may be theirs. A face that the user has
 * given to somebody else, or has said is not theirs, is not.
 */
async function facesOf(person: number, near: readonly FoundFace[], { store, code }: Probe): Promise<Neighbour[]> {
  const theirs = (await Array.fromAsync(store.faces({ person }))).map((face) => {
    return { id: face.id, distance: face.code ? codeDistance(code, face.code) : FARTHEST };
  });
  const others = near.filter((face) => face.person !== person);
  const excluded = new Set((await store.rejections()).filter((one) => one.person === person).map(({ face }) => face));
  for await (const { id, assignedBy } of store.faces({ ids: others.map(({ id }) => id) })) {
    if (assignedBy === "user") excluded.add(id);
  }
  return [...theirs, ...others.filter(({ id }) => !excluded.has(id))];
}

/** Whoever is given twice counts once. */
function distinct(sought: readonly Sought[]): Sought[] {
  const isFirst = ({ person }: Sought, at: number) =>
    person === null || sought.findIndex((other) => other.person === person) === at;
  return sought.filter(isFirst);
}

async function recordsOf(store: GalleryStore, showing: readonly Showing[]): Promise<FoundPhotograph[]> {
  const found: FoundPhotograph[] = [];
  for (const { photograph, faces } of showing) {
    const known = await store.photograph(photograph);
    const records = faces.map(({ face: { id, person, box }, distance }) => ({ face: id, person, distance, box }));
    const [first] = records;
    if (!known || !first) continue; // removed meanwhile
    const { paths, gone, width, height, takenAt } = known;
    found.push({ photograph, paths, gone, width, height, takenAt, ...first, faces: records });
  }
  return found;
}

/** The oldest first; those without a date at the end, by their paths. */
function byDate(a: FoundPhotograph, b: FoundPhotograph): number {
  const key = ({ takenAt, paths }: FoundPhotograph) => `${takenAt ?? "~"} ${paths[0] ?? ""}`;
  return key(a) < key(b) ? -1 : 1;
}
