import { resolve } from "node:path";
import * as z from "zod";
import { FaceNetError } from "../errors.ts";
import { storeUpload } from "../gallery/indexing/stored-uploads.ts";
import { images } from "../schemas/options.ts";
import { PersonName } from "../schemas/person-name.ts";
import { enroll } from "./enroll.ts";
import { defineAnswer } from "./operation.ts";

export const enrollPhotographs = defineAnswer({
  name: "enroll photographs",
  summary: "Enrols a person from uploaded photographs, which are stored",
  input: enroll.input
    .omit({ tree: true })
    .extend({ name: PersonName, images, photographsFolder: z.string().describe("folder to store them in") }),
  output: enroll.output,
  async run({ images: given, photographsFolder, ...input }, context) {
    const kept: { readonly path: string; readonly name: string }[] = [];
    for (const [i, photo] of given.entries()) {
      const name = typeof photo === "object" && "name" in photo ? String(photo.name) : `photograph ${i + 1}`;
      if (typeof photo === "string") kept.push({ path: photo, name: photo });
      else kept.push({ path: (await storeUpload(photo, resolve(photographsFolder))).path, name });
    }
    // Errors name photographs as uploaded, not by stored path.
    const named = (text: string): string => kept.reduce((left, { path, name }) => left.replaceAll(path, name), text);
    try {
      const { enrolled, failures, ...result } = await enroll.run({ ...input, images: kept.map(({ path }) => path) }, context);
      return {
        ...result,
        enrolled: enrolled.map((face) => ({ ...face, image: named(face.image) })),
        failures: failures.map(({ path, code, message }) => ({ path: named(path), code, message: named(message) })),
      };
    } catch (error) {
      if (!(error instanceof FaceNetError) || error.code !== "ENROLMENT_FAILED") throw error;
      throw new FaceNetError("ENROLMENT_FAILED", { ...error.data, reason: named(String(error.data.reason)) }, error);
    }
  },
});
