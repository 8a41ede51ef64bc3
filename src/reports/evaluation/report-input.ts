/** What a report shows, gathered beforehand: rendering it needs no files and no models. */
import type { ComparedFace, Evaluation } from "../../schemas/evaluation.ts";
import type { PairedSignificance } from "../../schemas/model-comparison.ts";
import type { EmbeddingManifest } from "../../schemas/model-manifest.ts";

export type ReportInput = {
  /** One a model, all by one protocol on the same data. */
  readonly evaluations: readonly Evaluation[];
  /** Where that data came from, as the reader would name it. */
  readonly dataset: string;
  readonly comparisons: readonly PairedSignificance[];
  /** Of the models that have one. */
  readonly cards: readonly EmbeddingManifest[];
  /** Data URIs of faces by {@link faceKey}; those that are not there are named only. */
  readonly thumbnails: ReadonlyMap<string, string>;
};

/** Tells faces of one image apart. */
export function faceKey({ image, box }: Pick<ComparedFace, "image" | "box">): string {
  return JSON.stringify(box ? [image, box.x, box.y, box.width, box.height] : [image]);
}

/** What a model is called in the report, with what sets this run of it apart. */
export function runName({ model, flip }: Pick<Evaluation, "model" | "flip">): string {
  return flip ? `${model}, mirrored face added` : model;
}
