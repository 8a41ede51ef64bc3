import * as z from "zod";
import { clusteringAlgorithms } from "../clustering/cluster-faces.ts";
import { FaceNetError } from "../errors.ts";
import { JOIN_FMR, thresholdForFar, wantedRate } from "../faces/verdict.ts";
import { inGallery } from "../gallery/access/borrow-gallery.ts";
import { requireIdentity } from "../gallery/access/gallery-identity.ts";
import { galleryModel } from "../gallery/access/gallery-model.ts";
import { clusterGallery } from "../gallery/cluster-gallery.ts";
import { openNormalisation } from "../gallery/normalisation.ts";
import { CorrectionRecord } from "../schemas/gallery.ts";
import { galleryOption, modelOptions, normalisedAnswer, normaliseOption, rateOptions } from "../schemas/options.ts";
import { ThresholdOrigin } from "../schemas/threshold.ts";
import { defineAnswer } from "./operation.ts";

export const cluster = defineAnswer({
  name: "cluster",
  summary: "Groups the faces of the gallery into people, respecting your corrections",
  examples: [
    { command: "facenet cluster", says: "adds new faces to their people; nobody is renumbered" },
    { command: "facenet cluster --reset", says: "regroups from your corrections alone; `facenet undo` reverts it" },
  ],
  input: z.strictObject({
    algorithm: z
      .enum(clusteringAlgorithms)
      .default("agglomerative")
      .describe("clustering algorithm (docs/decisions/0005-clustering.md)"),
    ...rateOptions("share of impostor pairs within the threshold", JOIN_FMR),
    ...normaliseOption,
    minFaces: z.int().min(1).default(2).describe("smallest group that becomes a person"),
    reset: z.boolean().default(false).describe("discard the results of earlier runs and regroup from corrections alone"),
    years: z
      .number()
      .min(0)
      .default(10)
      .describe("photographs taken at least so many years apart join nobody, and are suggestions only; 0: dates do not matter"),
    seed: z.int().min(0).default(1).describe("random seed of the order in which chinese-whispers visits faces"),
    model: z.string().optional().describe("path of the gallery's model, if it is your own (default: determined by the gallery)"),
    calibration: modelOptions.calibration,
    ...galleryOption,
  }),
  output: z.object({
    people: z.int().describe("in the gallery now"),
    newPeople: z.int(),
    faces: z.int(),
    assigned: z.int().describe("faces assigned to a person"),
    threshold: z.number(),
    ...normalisedAnswer,
    calibration: ThresholdOrigin.nullable().describe("null if the threshold was given"),
    algorithm: z.string(),
    done: CorrectionRecord.nullable().describe("journal entry for `facenet undo`; null: nothing changed"),
  }),
  run: (
    { threshold: given, fmr, far, normalise, model, calibration, gallery, ...options },
    { borrowGallery, signal, onProgress },
  ) =>
    inGallery({ borrowGallery }, gallery, async (store) => {
      if (normalise === "cohort" && given !== undefined)
        throw new FaceNetError("OPTION_INVALID", {
          option: "normalise",
          reason: "does not combine with threshold, which is for plain distances",
        });
      const identity = await requireIdentity(store);
      const calibrated = given === undefined ? await galleryModel(store, identity, { model, calibration }) : undefined;
      const normalisation = normalise === "cohort" && calibrated ? await openNormalisation(store, calibrated) : undefined;
      const manifest = normalisation?.manifest ?? calibrated?.manifest;
      const threshold = manifest ? thresholdForFar(manifest, wantedRate({ fmr, far }, JOIN_FMR)) : (given as number);
      const clustered = await clusterGallery(store, identity, { ...options, threshold, normalisation, signal, onProgress });
      const { people, faces, unassignedFaces, ignoredFaces } = await store.statistics();
      return {
        ...clustered,
        people,
        faces,
        assigned: faces - unassignedFaces - ignoredFaces,
        threshold,
        normalised: normalisation?.normalised ?? null,
        calibration: calibrated?.calibration ?? null,
        algorithm: options.algorithm,
      };
    }),
});
