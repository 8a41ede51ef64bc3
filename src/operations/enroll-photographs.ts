import { resolve } from "node:path";
import * as z from "zod";
import { keepPhotograph } from "../gallery/indexing/keep-photographs.ts";
import { images } from "../schemas/options.ts";
import { PersonName } from "../schemas/person-name.ts";
import { enroll } from "./enroll.ts";
import { defineAnswer } from "./operation.ts";

export const enrollPhotographs = defineAnswer({
  name: "enroll photographs",
  summary: "Adds a known person to the gallery, from photographs that come as bytes and are kept",
  positionals: [],
  examples: [],
  input: enroll.input
    .omit({ tree: true })
    .extend({ name: PersonName, images, photographsFolder: z.string().describe("where they are kept") }),
  output: enroll.output,
  async run({ images: given, photographsFolder, ...input }, context) {
    const paths: string[] = [];
    for (const photo of given)
      paths.push(typeof photo === "string" ? photo : (await keepPhotograph(photo, resolve(photographsFolder))).path);
    return enroll.run({ ...input, images: paths }, context);
  },
});
