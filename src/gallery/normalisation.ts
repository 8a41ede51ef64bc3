/** Cohort normalisation with the cohort and thresholds of a gallery's calibration (docs/decisions/0020-cohort-normalisation.md). */
import { FaceNetError } from "../errors.ts";
import { decodeBytes } from "../metric/byte-code.ts";
import { normalize } from "../metric/distance.ts";
import type { EmbeddingManifest } from "../schemas/model-manifest.ts";
import { type Cohort, cohortOffset, meanFace } from "../search/cohort.ts";
import type { Calibrated } from "./access/gallery-model.ts";
import type { GalleryStore } from "./store/gallery-store.ts";

export type Normalisation = {
  /** with thresholds for normalised distances */
  readonly manifest: EmbeddingManifest;
  /** What is reported of it. */
  readonly normalised: { readonly cohort: number; readonly nearest: number };
  /** A normalised distance is squared L2 + offsetOf(a) + offsetOf(b). */
  readonly offsetOf: (code: Int8Array) => number;
};

/**
 * @param calibrated thresholds in force
 * @throws FaceNetError OPTION_INVALID if they are not the gallery's own, or have no cohort, or its faces are gone
 */
export async function openNormalisation(store: GalleryStore, { manifest, calibration }: Calibrated): Promise<Normalisation> {
  const invalid = (reason: string) =>
    new FaceNetError("OPTION_INVALID", { option: "normalise", reason: `cohort requires ${reason}; run \`facenet calibrate\`` });
  const kept = calibration.from === "gallery" ? await store.calibration() : undefined;
  if (!kept) throw invalid("the gallery's own calibration");
  if (!kept.cohort)
    throw invalid(
      kept.automatic
        ? "a calibration with a cohort, which the automatic one has not"
        : "a calibration with a cohort of at least 40 people, each with two faces; this gallery had fewer",
    );
  const { faces, nearest, ownWithin, middle, thresholds } = kept.cohort;
  const { codeScale } = manifest.embedding;
  const unit = (code: Int8Array): Float32Array => normalize(decodeBytes(code, codeScale));
  const codes = await readCodes(store, faces.flat());
  if (faces.flat().some((id) => !codes.has(id))) throw invalid("the cohort it was calibrated with, of which faces are gone");
  const means = faces.map((own) => meanFace(own.map((id) => unit(codes.get(id) as Int8Array))));
  const cohort: Cohort = { means, nearest, ownWithin, middle };
  return {
    manifest: { ...manifest, thresholds: thresholds.map(({ far, distance }) => ({ far, distance })) },
    normalised: { cohort: means.length, nearest },
    offsetOf: (code) => cohortOffset(unit(code), cohort),
  };
}

/** Codes by number of face; faces that are gone or ignored are missing. */
export async function readCodes(
  store: Pick<GalleryStore, "codes">,
  ids: readonly number[],
): Promise<ReadonlyMap<number, Int8Array>> {
  const codes = new Map<number, Int8Array>();
  for await (const portion of store.codes({ ids })) {
    const dimensions = portion.codes.length / portion.ids.length;
    for (const [i, id] of portion.ids.entries()) codes.set(id, portion.codes.slice(i * dimensions, (i + 1) * dimensions));
  }
  return codes;
}
