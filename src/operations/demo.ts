import * as z from "zod";
import { averageLinkage } from "../clustering/average-linkage.ts";
import { FaceNetError } from "../errors.ts";
import { WholeFile } from "../files/whole-file.ts";
import { samplePhotographs } from "../image/sample-photographs.ts";
import { contactSheet } from "../reports/contact-sheet/contact-sheet.ts";
import { sheetPictures } from "../reports/contact-sheet/sheet-pictures.ts";
import { decisionOptions, flipOption, imagePaths, lookOptions, modelOptions, outputFile } from "../schemas/options.ts";
import { Comparison } from "../schemas/verdict.ts";
import { defineAnswer } from "./operation.ts";

export const demo = defineAnswer({
  name: "demo",
  summary: "Detects faces, groups them into people and writes an HTML page with the result",
  positionals: ["images"],
  examples: [
    { command: "facenet demo", says: "six sample photographs, shown in facenet-demo.html" },
    { command: "facenet demo holiday/*.jpg --output holiday.html", says: "your own photographs" },
  ],
  input: z.strictObject({
    images: imagePaths.optional().describe("photographs, a few dozen at most (default: the six samples of a checkout)"),
    output: outputFile.default("facenet-demo.html").describe("HTML file to write"),
    ...decisionOptions,
    ...lookOptions,
    flip: flipOption,
    ...modelOptions,
  }),
  output: z.object({
    file: z.string().describe("the page"),
    photographs: z.int().describe("photographs read"),
    faces: z.int(),
    groups: z
      .array(
        z.object({
          size: z.int(),
          faces: z.array(
            z.object({ image: z.string(), index: z.int().describe("index of the face in its photograph, most confident first") }),
          ),
        }),
      )
      .describe("faces by person, largest group first"),
    failures: Comparison.shape.failures,
    model: z.string(),
    threshold: z.number().describe("squared L2; mean distance up to which groups are merged"),
  }),
  async run(input, { load, signal, onProgress }) {
    const photographs = [...new Set(input.images ?? samplePhotographs())];
    await using file = await WholeFile.create(input.output); // before the work, so that an unwritable path fails early
    const facenet = await load(input);
    const { faces, distances, failures, threshold, falseAcceptRate, model } = await facenet.compare(photographs, {
      ...input,
      signal,
      onProgress,
    });
    const [first] = failures;
    if (first && failures.length === photographs.length)
      throw new FaceNetError("PHOTOGRAPHS_UNUSABLE", { count: photographs.length, reason: `${first.image}: ${first.message}` });
    const cannotLink = (a: number, b: number) => faces[a]?.image === faces[b]?.image;
    const groups = averageLinkage(distances, threshold, { cannotLink });
    const pictures = await sheetPictures(facenet, photographs, { ...input, signal });
    const page = contactSheet({ ...pictures, distances, groups, failures, model, threshold, falseAcceptRate });
    await file.append(page);
    await file.commit();
    return {
      file: input.output,
      photographs: pictures.photographs.length,
      faces: faces.length,
      groups: groups.map((members) => ({
        size: members.length,
        faces: members.map((member) => {
          const { image, index } = faces[member] as (typeof faces)[number];
          return { image, index };
        }),
      })),
      failures,
      model,
      threshold,
    };
  },
});
