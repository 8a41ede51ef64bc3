import { resolve } from "node:path";
import * as z from "zod";
import { inGallery } from "../gallery/access/borrow-gallery.ts";
import { findPerson } from "../gallery/people/find-person.ts";
import { writeRegions } from "../gallery/write-regions.ts";
import { FileFailure } from "../schemas/failure.ts";
import { galleryOption } from "../schemas/options.ts";
import { defineAnswer } from "./operation.ts";

export const galleryWriteRegions = defineAnswer({
  name: "gallery write-regions",
  summary: "Writes names and positions of faces to XMP files beside the photographs, for digiKam and other programs",
  examples: [
    {
      command: "facenet gallery write-regions",
      says: "photo.jpg.xmp beside photo.jpg, for every named person; photographs are not changed",
    },
    { command: "facenet gallery write-regions --folder ~/Photos/2019 --dry-run", says: "what would be written" },
  ],
  input: z.strictObject({
    person: z.string().optional().describe("only the faces of this person, by number or name"),
    folder: z.string().optional().describe("only photographs in this folder or its sub-folders"),
    dryRun: z.boolean().default(false).describe("only show what would be written"),
    ...galleryOption,
  }),
  output: z.object({
    written: z.array(z.object({ file: z.string(), names: z.array(z.string()) })).describe("files, and the names added to each"),
    unchanged: z.int().describe("photographs whose file already has all names"),
    otherwise: z
      .array(z.object({ file: z.string(), name: z.string(), there: z.string() }))
      .describe("faces to which the file gives another name; not changed"),
    failures: z.array(FileFailure),
    dryRun: z.boolean(),
  }),
  run: ({ person, folder, dryRun, gallery }, { borrowGallery, signal }) =>
    inGallery({ borrowGallery }, gallery, async (store) => {
      const only = person === undefined ? undefined : (await findPerson(store, person)).id;
      const within = folder === undefined ? undefined : resolve(folder);
      return { ...(await writeRegions(store, { person: only, folder: within, dryRun, signal })), dryRun };
    }),
});
