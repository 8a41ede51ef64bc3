/** Measurements of one or more models: comparison between models, and results by group. */
import * as z from "zod";
import { type AttributeKey, type Attributes, imageKey } from "../../datasets/read-attributes.ts";
import { FaceNetError } from "../../errors.ts";
import { seededRandom } from "../../metric/seeded-random.ts";
import type { Evaluation, LabelComparison, ModelComparison, PairedSignificance } from "../../schemas/evaluation.ts";
import type { EmbeddingManifest } from "../../schemas/model-manifest.ts";
import type { StreamOptions } from "../distance-stream.ts";
import { type JudgedSet, significanceOfEveryPair } from "../every-pair-significance.ts";
import type { FaceSet } from "../face-set.ts";
import { compareLabels, compareLabelsOfEveryPair } from "../label-comparison.ts";
import type { FaceLabels } from "../labelled-pairs.ts";
import { type JudgedPairs, pairedSignificance } from "../paired-significance.ts";
import { commonThreshold } from "./common-threshold.ts";
import { type MeasureInput, protocolOf } from "./measure-options.ts";

export type MeasuredModel = {
  readonly evaluation: Evaluation;
  /** Null for embeddings of a model that is not installed. */
  readonly card: EmbeddingManifest | null;
  /** Null for a protocol without pairs, or with too many to keep. */
  readonly judged: JudgedPairs | null;
  /** Faces of which all pairs were measured; null for other protocols. */
  readonly everyPair: JudgedSet | null;
};

export type CompareOptions = { readonly fars: readonly number[]; readonly resamples: number; readonly seed: number };

/** Compares all combinations of two models, each on the same resamples of people. @throws the signal's reason */
export async function compareModels(
  measured: readonly MeasuredModel[],
  { fars, resamples, seed }: CompareOptions,
  stream: StreamOptions,
): Promise<ModelComparison> {
  const comparisons: PairedSignificance[] = [];
  for (const [i, a] of measured.entries())
    for (const b of measured.slice(i + 1)) {
      const bootstrap = { resamples, random: seededRandom(seed) };
      if (a.judged && b.judged) comparisons.push(pairedSignificance(a.judged, b.judged, fars, bootstrap));
      else if (a.everyPair && b.everyPair)
        comparisons.push(await significanceOfEveryPair(a.everyPair, b.everyPair, fars, bootstrap, stream));
    }
  return { protocol: "comparison", evaluations: measured.map(({ evaluation }) => evaluation), comparisons };
}

export const groupOption = {
  groups: z
    .string()
    .min(1)
    .optional()
    .describe(
      "CSV file with a column person or image (PERSON/FILE) and columns of attributes: FAR and FRR of each label and between labels, at one threshold",
    ),
  by: z.array(z.string().min(1)).min(1).optional().describe("columns of --groups to compare by (default: all)"),
};

type GroupInput = z.output<z.ZodObject<typeof groupOption>> &
  Pick<MeasureInput, "protocol" | "pairs" | "threshold" | "resamples" | "seed" | "fars">;

/** @throws FaceNetError OPTION_INVALID if groups are given but not supported by the protocol */
export function requireGroupable(input: GroupInput): void {
  const protocol = protocolOf(input);
  if (input.by !== undefined && input.groups === undefined)
    throw new FaceNetError("OPTION_INVALID", { option: "by", reason: "requires groups, the CSV file with these columns" });
  if (input.groups === undefined || protocol === "pairs" || protocol === "folder" || protocol === "video") return;
  throw new FaceNetError("OPTION_INVALID", {
    option: "groups",
    reason: `${protocol} has no results by group; measure the same images as pairs with the protocol folder`,
  });
}

/** @throws the signal's reason */
export async function withGroups(
  measured: MeasuredModel,
  attributes: Attributes,
  input: GroupInput,
  stream: StreamOptions,
): Promise<MeasuredModel> {
  const { evaluation, judged, everyPair } = measured;
  const faces = judged?.faces ?? everyPair?.faces;
  if (!faces || evaluation.protocol === "identification" || evaluation.protocol === "clustering") return measured;
  const decision = commonThreshold(measured.card, evaluation, input);
  const options = {
    threshold: decision.threshold,
    bootstrap: { resamples: input.resamples, random: seededRandom(input.seed) },
    distanceOf: judged?.distanceOf,
  };
  const groups: LabelComparison[] = [];
  const warnings: string[] = [];
  for (const [column, labelOf] of attributes.columns) {
    const labels = labelsOf(faces, attributes.key, labelOf);
    const compared = judged
      ? compareLabels(faces, judged.list, labels, options)
      : await compareLabelsOfEveryPair(faces, labels, { ...options, stream });
    groups.push({ column, ...decision, ...compared });
    const without = labels.of.filter((label) => label < 0).length;
    if (without > 0) warnings.push(`${without} of ${faces.images.length} images have no ${column}`);
  }
  warnings.push(...unknownWarnings(faces, attributes));
  return { ...measured, evaluation: { ...evaluation, groups, warnings: [...evaluation.warnings, ...warnings] } };
}

function labelsOf({ images, people, person }: FaceSet, key: AttributeKey, labelOf: ReadonlyMap<string, string>): FaceLabels {
  const labels = [...new Set(labelOf.values())].sort();
  const of = Int32Array.from(images, (image, face) => {
    const label = key === "image" ? labelOf.get(imageKey(image)) : labelOf.get(people[person[face] as number] as string);
    return label === undefined ? -1 : labels.indexOf(label);
  });
  return { labels, of };
}

function unknownWarnings({ images, people }: FaceSet, { key, columns }: Attributes): string[] {
  const measured = new Set(key === "image" ? images.map(imageKey) : people);
  const unknown = [...new Set([...columns.values()].flatMap((labels) => [...labels.keys()]))].filter((row) => !measured.has(row));
  if (unknown.length === 0) return [];
  const what = key === "image" ? "images that were not measured" : "people of whom no face was measured";
  return [`groups names ${unknown.length} ${what}, such as ${unknown.slice(0, 3).join(", ")}`];
}
