import { resolve } from "node:path";
import * as z from "zod";
import { listPersonFolders } from "../datasets/person-folders.ts";
import { FaceNetError } from "../errors.ts";
import { calibratedByGallery, loadForGallery } from "../gallery/access/gallery-model.ts";
import { identificationThreshold } from "../gallery/identify-face.ts";
import { galleryToFill } from "../gallery/indexing/gallery-to-fill.ts";
import { indexPhotographs } from "../gallery/indexing/index-photographs.ts";
import { lookAgainAt } from "../gallery/indexing/look-again-at.ts";
import { chosenFace, type FaceChoice } from "../gallery/people/chosen-face.ts";
import { type Enrolment, enrol, enrolAs, groupsLike, type Shown } from "../gallery/people/enrolment.ts";
import { Box } from "../schemas/face.ts";
import type { GalleryFace } from "../schemas/gallery.ts";
import { galleryModelOptions, galleryOption, imagePaths, lookOptions } from "../schemas/options.ts";
import { PersonName } from "../schemas/person-name.ts";
import { defineAnswer } from "./operation.ts";
import { parseInput } from "./parse-input.ts";

/** False match rate of the threshold for warnings about several people and for groups that resemble the person. */
const FAR = 1e-3;

const EnrolledFace = z.object({
  image: z.string(),
  person: z.int(),
  face: z.int(),
  box: Box,
  reasons: z
    .array(z.string())
    .describe("warnings about this face: low quality, previous person, no resemblance to the person's other faces"),
});

export const enroll = defineAnswer({
  name: "enroll",
  summary: "Enrols known people in the gallery from photographs",
  positionals: ["name", "images"],
  examples: [
    { command: "facenet enroll Anna anna-1.jpg anna-2.jpg", says: "the prominent face of each is Anna" },
    { command: "facenet enroll Ben party.jpg --position 2", says: "the third face listed by `facenet detect` is Ben" },
    { command: "facenet enroll --tree people", says: "everybody in people/NAME/*.jpg; one `facenet undo` reverts it" },
  ],
  input: z.strictObject({
    name: PersonName.optional().describe("the person's name; an existing person gets more faces"),
    images: imagePaths.optional(),
    tree: z
      .string()
      .min(1)
      .optional()
      .describe("alternatively, a folder with one sub-folder of photographs per person, named after them"),
    faces: z
      .enum(["prominent", "largest", "central"])
      .default("prominent")
      .describe("which face to use if a photograph has several"),
    position: z
      .int()
      .min(0)
      .optional()
      .describe("index of the face in the result of `detect` (0 is the most confident), for a single photograph"),
    box: z
      .array(z.number())
      .length(4)
      .optional()
      .describe("box of the face as listed by `detect`: left, top, width, height, for a single photograph"),
    ...galleryOption,
    ...lookOptions,
    ...galleryModelOptions,
  }),
  output: z.object({
    person: z.int().describe("for a tree the first person"),
    name: z.string(),
    people: z.array(
      z.object({
        person: z.int(),
        name: z.string(),
        faces: z.int().describe("faces enrolled now"),
        groups: z.array(z.int()).describe("unnamed groups that resemble the person, nearest first"),
      }),
    ),
    enrolled: z.array(EnrolledFace),
    warnings: z.array(z.string()).describe("photographs that appear to show several people"),
    failures: z.array(z.object({ path: z.string(), code: z.string(), message: z.string() })),
  }),
  async run(
    { gallery, name, images, tree, faces, position, box: given, ...options },
    { load, borrowGallery, signal, onProgress },
  ) {
    const wanted = await peopleOf({ name, images, tree });
    const paths = wanted.flatMap((one) => one.paths);
    const [x = 0, y = 0, width = 0, height = 0] = given ?? [];
    const choice: FaceChoice = { faces, position, box: given && { x, y, width, height } };
    requireOneFace(choice, paths.length);
    const filled = await galleryToFill({ gallery, paths, models: options }, { load, borrowGallery });
    const { store, giveBack } = filled;
    try {
      const facenet = await loadForGallery(store, load, options);
      const added = new Set<string>();
      const { failures: unread } = await indexPhotographs(paths, {
        facenet,
        store,
        retry: true,
        forgotten: true, // explicitly named photographs are always added
        signal,
        onProgress,
        ...options,
        onEvent: (event) => {
          if (event.kind === "added") added.add(event.path);
        },
      });
      const failures = [...unread];
      const chosen = async (path: string): Promise<GalleryFace | undefined> => {
        if (failures.some((failure) => failure.path === path)) return undefined;
        try {
          // A known photograph may lack faces of people who were forgotten.
          if (!added.has(path)) await lookAgainAt(path, { facenet, store, signal, maxPixels: options.maxPixels });
          return await chosenFace(store, path, choice, { facenet, ...options, signal });
        } catch (error) {
          if (!(error instanceof FaceNetError)) throw error;
          failures.push({ path, code: error.code, message: error.message });
          return undefined;
        }
      };
      const known = { manifest: facenet.model, calibration: facenet.calibration };
      const { manifest } = await calibratedByGallery(store, known, options.calibration);
      const enrolling = { store, threshold: identificationThreshold(manifest, FAR, 1), correct: enrolAs(store, tree) };
      const done: Enrolment[] = [];
      for (const one of wanted) {
        const shown: Shown[] = [];
        for (const image of one.paths) {
          const face = await chosen(image);
          if (face) shown.push({ image, face });
        }
        if (shown.length > 0) done.push(await enrol(one.name, shown, enrolling));
      }
      const [first] = done;
      if (!first)
        throw new FaceNetError("ENROLMENT_FAILED", { name: name ?? (tree as string), reason: failures[0]?.message ?? "no face" });
      return {
        person: first.person,
        name: first.name,
        people: await groupsLike(done, await filled.search("auto"), enrolling),
        enrolled: done.flatMap(({ enrolled }) => enrolled),
        warnings: done.flatMap(({ warnings }) => warnings),
        failures,
      };
    } finally {
      await giveBack();
    }
  },
});

type Wanted = { readonly name: string; readonly paths: readonly string[] };

/** @throws FaceNetError OPTION_INVALID, DATASET_INVALID, FILE_NOT_READABLE */
async function peopleOf({
  name,
  images,
  tree,
}: {
  readonly name?: string | undefined;
  readonly images?: readonly string[] | undefined;
  readonly tree?: string | undefined;
}): Promise<Wanted[]> {
  if (tree !== undefined) {
    if (name !== undefined || images !== undefined)
      throw new FaceNetError("OPTION_INVALID", { option: "tree", reason: "replaces a name and photographs" });
    const byPerson = Map.groupBy(await listPersonFolders(resolve(tree)), ({ person }) => person);
    return [...byPerson].map(([person, labelled]) => {
      return {
        name: parseInput(z.object({ name: PersonName }), { name: person }).name,
        paths: labelled.map(({ image }) => image),
      };
    });
  }
  if (name === undefined)
    throw new FaceNetError("OPTION_INVALID", { option: "name", reason: "give a name and photographs, or a folder with --tree" });
  if (images === undefined)
    throw new FaceNetError("OPTION_INVALID", { option: "images", reason: `name at least one photograph of ${name}` });
  return [{ name, paths: images.map((path) => resolve(path)) }];
}

/** @throws FaceNetError OPTION_INVALID for a position or box with several photographs, or both */
function requireOneFace({ position, box }: FaceChoice, photographs: number): void {
  const option = position === undefined ? (box === undefined ? undefined : "box") : "position";
  if (option === undefined) return;
  if (position !== undefined && box !== undefined)
    throw new FaceNetError("OPTION_INVALID", { option: "box", reason: "does not combine with --position" });
  if (photographs !== 1)
    throw new FaceNetError("OPTION_INVALID", { option, reason: `applies to a single photograph, got ${photographs}` });
}
