import { resolve } from "node:path";
import * as z from "zod";
import { listPersonFolders } from "../datasets/person-folders.ts";
import { FaceNetError } from "../errors.ts";
import { loadForGallery } from "../gallery/access/gallery-model.ts";
import { galleryToFill } from "../gallery/indexing/gallery-to-fill.ts";
import { absoluteFile } from "../gallery/indexing/photograph-file.ts";
import type { FaceChoice } from "../gallery/people/chosen-face.ts";
import { enrolPeople, type PersonPhotographs } from "../gallery/people/enrol-people.ts";
import { Box } from "../schemas/face.ts";
import { FileFailure } from "../schemas/failure.ts";
import { galleryModelOptions, galleryOption, imageFiles, lookOptions } from "../schemas/options.ts";
import { PersonName } from "../schemas/person-name.ts";
import { defineAnswer } from "./operation.ts";
import { parseInput } from "./parse-input.ts";

const EnrolledFace = z.object({
  image: z.string(),
  person: z.int(),
  face: z.int(),
  box: Box,
  reasons: z
    .array(z.string())
    .describe("warnings about this face: low quality, previous person, no resemblance to the person's other faces"),
});

const Input = z.strictObject({
  name: PersonName.optional().describe("the person's name; an existing person gets more faces"),
  images: imageFiles.optional(),
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
  input: Input,
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
    failures: z.array(FileFailure),
  }),
  async run(input, { load, borrowGallery, signal, onProgress }) {
    const { gallery, name, images, tree, faces, position, box, ...options } = input;
    const people = await peopleOf(input);
    const paths = people.flatMap((person) => person.photographs);
    const [x = 0, y = 0, width = 0, height = 0] = box ?? [];
    const choice: FaceChoice = { faces, position, box: box && { x, y, width, height } };
    requireOneFace(choice, paths.length);
    await using filled = await galleryToFill({ gallery, paths, models: options }, { load, borrowGallery });
    const facenet = await loadForGallery(filled.store, load, options);
    return await enrolPeople(people, { ...options, ...filled, facenet, choice, tree, signal, onProgress });
  },
});

/** @throws FaceNetError OPTION_INVALID, DATASET_INVALID, FILE_NOT_READABLE */
async function peopleOf({
  name,
  images,
  tree,
}: Pick<z.output<typeof Input>, "name" | "images" | "tree">): Promise<PersonPhotographs[]> {
  if (tree !== undefined) {
    if (name !== undefined || images !== undefined)
      throw new FaceNetError("OPTION_INVALID", { option: "tree", reason: "replaces a name and photographs" });
    const byPerson = Map.groupBy(await listPersonFolders(resolve(tree)), ({ person }) => person);
    return [...byPerson].map(([person, labelled]) => ({
      ...parseInput(z.object({ name: PersonName }), { name: person }),
      photographs: labelled.map(({ image }) => absoluteFile(image)),
    }));
  }
  if (name === undefined)
    throw new FaceNetError("OPTION_INVALID", { option: "name", reason: "give a name and photographs, or a folder as tree" });
  if (images === undefined)
    throw new FaceNetError("OPTION_INVALID", { option: "images", reason: `name at least one photograph of ${name}` });
  return [{ name, photographs: images.map(absoluteFile) }];
}

/** @throws FaceNetError OPTION_INVALID for a position or box with several photographs, or both */
function requireOneFace({ position, box }: FaceChoice, photographs: number): void {
  const option = position === undefined ? (box === undefined ? undefined : "box") : "position";
  if (option === undefined) return;
  if (position !== undefined && box !== undefined)
    throw new FaceNetError("OPTION_INVALID", { option: "box", reason: "does not combine with position" });
  if (photographs !== 1)
    throw new FaceNetError("OPTION_INVALID", { option, reason: `applies to a single photograph, got ${photographs}` });
}
