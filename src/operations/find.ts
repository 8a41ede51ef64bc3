import * as z from "zod";
import { FaceNetError } from "../errors.ts";
import { type Probe, probeGallery } from "../gallery/access/probe-gallery.ts";
import { faceFilter } from "../gallery/people/face-filter.ts";
import { findPerson } from "../gallery/people/find-person.ts";
import type { FoundFace, GalleryStore } from "../gallery/store/gallery-store.ts";
import { codeDistance } from "../metric/distance.ts";
import { FaceChoice } from "../schemas/face-choice.ts";
import type { GalleryFace } from "../schemas/gallery.ts";
import {
  decisionOptions,
  filterOptions,
  galleryModelOptions,
  galleryOption,
  lookOptions,
  Photo,
  positionOption,
  SearchMethod,
  searchOption,
} from "../schemas/options.ts";
import { ThresholdOrigin } from "../schemas/threshold.ts";
import type { Neighbour } from "../search/selection.ts";
import { defineAnswer } from "./operation.ts";

const FoundPhotograph = z.object({
  photograph: z.int(),
  paths: z.array(z.string()),
  takenAt: z.string().nullable(),
  face: z.int(),
  distance: z.number().nullable().describe("of that face, squared L2; null for a person sought by name"),
  person: z.int().nullable(),
});
type FoundPhotograph = z.infer<typeof FoundPhotograph>;

export const find = defineAnswer({
  name: "find",
  summary: "Every photograph of the gallery that shows a person",
  positionals: ["image"],
  examples: [
    { command: "facenet find anna.jpg", says: "paths with the face and its distance, closest first" },
    { command: "facenet find --person Anna --taken-from 2019-07 --taken-to 2019-08", says: "Anna's photographs of that summer" },
  ],
  input: z.strictObject({
    image: Photo.optional().describe("a photograph of the person"),
    person: z.string().optional().describe("number or name of the person, instead of a photograph"),
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
    threshold: z.number().nullable().describe("null for a person sought by name"),
    falseAcceptRate: z.number().nullable().describe("null when a threshold was given"),
    calibration: ThresholdOrigin.nullable().describe("null for a person sought by name"),
    search: SearchMethod.exclude(["auto"])
      .nullable()
      .describe("exact, or by an index that may miss some; null for a person by name"),
    person: z
      .object({ id: z.int(), name: z.string().nullable() })
      .nullable()
      .describe("who that is; all photographs of theirs are in the answer"),
    photographs: z
      .array(FoundPhotograph)
      .describe("closest first, by the closest face of each; of a person sought by name the oldest first"),
  }),
  async run({ image, person, ...input }, context) {
    if ((image === undefined) === (person === undefined))
      throw new FaceNetError("OPTION_INVALID", { option: "find", reason: "give either a photograph or a person" });
    const filter = faceFilter(input);
    if (image === undefined) {
      const gallery = await context.borrowGallery(input.gallery);
      const { store } = gallery;
      try {
        const { id, name } = await findPerson(store, person as string);
        const faces = await Array.fromAsync(store.faces({ ...filter, person: id }));
        const photographs = await photographsOf(store, faces, () => null);
        return {
          model: (await store.identity())?.model ?? null,
          threshold: null,
          falseAcceptRate: null,
          calibration: null,
          search: null,
          person: { id, name },
          photographs: photographs.sort(byDate),
        };
      } finally {
        await gallery.giveBack();
      }
    }
    return probeGallery({ ...input, image }, context, async (probe) => {
      const { facenet, store, search, threshold, calibration } = probe;
      const [near = []] = await search.within([probe.code], { distance: threshold });
      const person = near.find(({ person }) => person !== null)?.person ?? null;
      const candidates = person === null ? near : await facesOf(person, near, probe);
      const distances = new Map(candidates.map(({ id, distance }) => [id, distance]));
      const faces = await Array.fromAsync(store.faces({ ...filter, ids: [...distances.keys()] }));
      const distanceOf = (face: number) => distances.get(face) as number;
      faces.sort((a, b) => distanceOf(a.id) - distanceOf(b.id));
      return {
        model: facenet.model.id,
        threshold,
        falseAcceptRate: input.threshold === undefined ? input.far : null,
        calibration,
        search: search.method,
        person: person === null ? null : { id: person, name: (await store.person(person))?.name ?? null },
        photographs: await photographsOf(store, faces, distanceOf),
      };
    });
  },
});

/**
 * The faces of a person: all that are theirs already, however far, and those near that may be theirs. A face that the user has
 * given to somebody else, or has said is not theirs, is not.
 */
async function facesOf(person: number, near: readonly FoundFace[], { store, code }: Probe): Promise<Neighbour[]> {
  const theirs = (await Array.fromAsync(store.faces({ person }))).map((face) => {
    return { id: face.id, distance: codeDistance(code, face.code) };
  });
  const others = near.filter((face) => face.person !== person);
  const excluded = new Set((await store.rejections()).filter((one) => one.person === person).map(({ face }) => face));
  for await (const { id, assignedBy } of store.faces({ ids: others.map(({ id }) => id) })) {
    if (assignedBy === "user") excluded.add(id);
  }
  return [...theirs, ...others.filter(({ id }) => !excluded.has(id))];
}

/** The photographs of some faces, each once, by the first of its faces. */
async function photographsOf(
  store: GalleryStore,
  faces: readonly GalleryFace[],
  distanceOf: (face: number) => number | null,
): Promise<FoundPhotograph[]> {
  const first = new Map<number, GalleryFace>();
  for (const face of faces) if (!first.has(face.photograph)) first.set(face.photograph, face);
  const found: FoundPhotograph[] = [];
  for (const [photograph, { id, person }] of first) {
    const { paths = [], takenAt = null } = (await store.photograph(photograph)) ?? {};
    found.push({ photograph, paths, takenAt, face: id, distance: distanceOf(id), person });
  }
  return found;
}

/** The oldest first; those without a date at the end, by their paths. */
function byDate(a: FoundPhotograph, b: FoundPhotograph): number {
  const key = ({ takenAt, paths }: FoundPhotograph) => `${takenAt ?? "~"} ${paths[0] ?? ""}`;
  return key(a) < key(b) ? -1 : 1;
}
