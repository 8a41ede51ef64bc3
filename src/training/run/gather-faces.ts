/** Collects the faces of a training run: labelled, unlabelled, and their embeddings by a reference model, if any. */
import { placeName } from "../../datasets/face-images.ts";
import type { NetworkPlan } from "../../engine/graph/network.ts";
import { FaceNetError } from "../../errors.ts";
import type { LookOptions } from "../../faces/facenet.ts";
import type { RunContext } from "../../faces/run-context.ts";
import type { Alignment } from "../../schemas/model-manifest.ts";
import type { TrainingConfiguration } from "../../schemas/training.ts";
import type { Checkpoint } from "../checkpoint.ts";
import { embedReference, type ReferenceEmbeddings } from "./reference-embeddings.ts";
import { type FoundFaces, findFaces, findUnlabelled } from "./training-faces.ts";
import type { TrainingFolder } from "./training-folder.ts";

export type GatherOptions = LookOptions & {
  readonly configuration: Pick<TrainingConfiguration, "teacher" | "compatibleWith" | "from">;
  readonly source: Checkpoint["faces"];
  readonly files: TrainingFolder;
  readonly detector: string;
  /** Of the network's images. Default: ArcFace's, scaled to them. */
  readonly alignment?: Alignment | undefined;
};

export type GatheredFaces = FoundFaces & {
  /** Images of unknown people. */
  readonly unlabelled: readonly number[];
  /** Embeddings by the teacher, or by the model to be compatible with. */
  readonly reference?: ReferenceEmbeddings;
};

/**
 * Finds the faces; with a reference model, only those it can embed.
 *
 * @throws FaceNetError FACES_UNUSABLE; OPTION_INVALID for unlabelled faces without a teacher; what finding and embedding faces
 * throws
 */
export async function gatherFaces(
  { configuration, source, files, ...look }: GatherOptions,
  plan: NetworkPlan,
  context: RunContext,
): Promise<GatheredFaces> {
  const { aligned, folder, unlabelled } = source;
  const { teacher, compatibleWith, from } = configuration;
  if (unlabelled !== undefined && teacher === undefined)
    throw new FaceNetError("OPTION_INVALID", { option: "unlabelled", reason: "requires a teacher, which needs no labels" });
  const { input } = plan.network;
  const labelled = await findFaces({ ...look, data: folder, aligned, facesFolder: files.faces }, input, context);
  const more = { ...look, aligned, facesFolder: files.unlabelledFaces };
  const found =
    unlabelled === undefined
      ? { ...labelled, unlabelled: [] }
      : withUnlabelled(labelled, await findUnlabelled({ ...more, data: unlabelled }, input, context));
  const model = teacher ?? compatibleWith;
  if (model === undefined) return found;
  const option = teacher === undefined ? ("compatibleWith" as const) : ("teacher" as const);
  const { photographOf } = found;
  const size = teacher !== undefined && from !== undefined ? undefined : plan.dimensions;
  const reference = await embedReference(
    found.faces,
    { ...look, aligned, model, option, size, file: files.reference, photographOf },
    context,
  );
  const { has } = reference;
  const imagesOfPeople = found.faces.imagesOfPeople.map((own) => own.filter(has));
  return { ...found, faces: { ...found.faces, imagesOfPeople }, unlabelled: found.unlabelled.filter(has), reference };
}

/** Appends unlabelled faces, which belong to no person. */
export function withUnlabelled(
  labelled: FoundFaces,
  unlabelled: FoundFaces,
): FoundFaces & { readonly unlabelled: readonly number[] } {
  const { faces } = labelled;
  const first = faces.images.length;
  const known = new Set(faces.images.map(placeName));
  return {
    ...labelled,
    faces: { ...faces, images: [...faces.images, ...unlabelled.faces.images] },
    skipped: [...labelled.skipped, ...unlabelled.skipped],
    photographOf: (face) => (known.has(placeName(face)) ? labelled : unlabelled).photographOf(face),
    unlabelled: [...unlabelled.faces.images.keys()].map((image) => first + image),
  };
}
