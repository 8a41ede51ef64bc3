import * as z from "zod";
import { WholeFile } from "../files/whole-file.ts";
import { inGallery } from "../gallery/access/borrow-gallery.ts";
import { gatherGallery } from "../reports/gallery/gather-gallery.ts";
import { galleryOption, lookOptions, outputFile } from "../schemas/options.ts";
import { defineAnswer } from "./operation.ts";

export const report = defineAnswer({
  name: "report",
  summary: "Writes an HTML page of the gallery's people and their faces",
  examples: [
    { command: "facenet report", says: "writes facenet-gallery.html, a self-contained page" },
    { command: "facenet report --people 1000 --faces-per-person 4 --output all.html", says: "more people with fewer faces each" },
  ],
  input: z.strictObject({
    output: outputFile.default("facenet-gallery.html").describe("HTML file to write"),
    people: z
      .int()
      .min(0)
      .max(10_000)
      .default(200)
      .describe("maximum number of people: named ones first, then those in most photographs"),
    facesPerPerson: z
      .int()
      .min(1)
      .max(100)
      .default(8)
      .describe("maximum number of faces of each, the best from different photographs"),
    unassigned: z.int().min(0).max(10_000).default(60).describe("maximum number of unassigned faces"),
    maxPixels: lookOptions.maxPixels,
    ...galleryOption,
  }),
  output: z.object({
    file: z.string().describe("path of the page"),
    people: z.int().describe("number shown"),
    allPeople: z.int(),
    faces: z.int().describe("number shown"),
    gone: z.int().describe("faces without a picture: their photographs are missing, changed or unreadable"),
    failures: z.int().describe("files that could not be read during indexing"),
  }),
  run: ({ output, gallery, ...options }, { borrowGallery, signal, onProgress }) =>
    inGallery({ borrowGallery }, gallery, async (store) => {
      await using file = await WholeFile.create(output);
      const shown = await gatherGallery(store, { ...options, signal, onProgress });
      const { galleryPage } = await import("../reports/gallery/gallery-page.ts"); // plots take half a second to load
      await file.append(galleryPage(shown));
      await file.commit();
      const portraits = [...shown.people.flatMap((one) => one.portraits), ...shown.unassigned];
      return {
        file: output,
        people: shown.people.length,
        allPeople: shown.statistics.people,
        faces: portraits.length,
        gone: portraits.filter(({ picture }) => picture === undefined).length,
        failures: shown.failures.length,
      };
    }),
});
