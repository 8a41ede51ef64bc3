/** Loads labelled faces: embeds images, or reads a file of embeddings. */
import { readExportedEmbeddings } from "../../datasets/exported-embeddings.ts";
import { type LabelledImage, listPersonFolders, listVideoFolders, personOfPath } from "../../datasets/person-folders.ts";
import { FaceNetError, failureOf } from "../../errors.ts";
import type { FaceNet, LookOptions } from "../../faces/facenet.ts";
import type { RunContext } from "../../faces/run-context.ts";
import { encodeBytes } from "../../metric/byte-code.ts";
import { locateCalibrated } from "../../models/calibrated-model.ts";
import type { Verification } from "../../schemas/evaluation.ts";
import type { Embedding } from "../../schemas/face.ts";
import type { EmbeddingManifest } from "../../schemas/model-manifest.ts";
import type { ThresholdOrigin } from "../../schemas/threshold.ts";
import { type FaceSet, faceSetOf, type LabelledFace } from "../face-set.ts";
import type { MeasureInput } from "./measure-options.ts";

export type LabelledFaces = Pick<Verification, "imagesWithoutFace" | "failures"> & {
  readonly faces: FaceSet;
  readonly model: EmbeddingManifest;
  /** Origin of the model's thresholds and probability. */
  readonly calibration: ThresholdOrigin;
  /** Null for embeddings from a file. */
  readonly detector: string | null;
  /** Number of images processed. */
  readonly images: number;
};

type Compared = EmbeddingManifest["embedding"]["compared"];

/**
 * Embeds one face of every image.
 *
 * @param compared representation that distances are computed from; undefined: the model's default
 */
export async function embedLabelled(
  labelled: readonly LabelledImage[],
  facenet: FaceNet,
  { compared = facenet.model.embedding.compared, ...options }: LookOptions & { readonly compared?: Compared | undefined },
): Promise<LabelledFaces> {
  const found: FoundFace[] = [];
  const failures: LabelledFaces["failures"] = [];
  const imagesWithoutFace: string[] = [];
  const paths = labelled.map(({ image }) => image);
  for await (const item of facenet.embed(paths, options)) {
    const { person } = labelled[item.index] as LabelledImage;
    if (item.ok) {
      const face = item.value.faces[0];
      if (face) found.push({ image: item.image, person, box: face.box, quality: face.quality, embedding: face.embedding });
    } else if (item.error.code === "FACE_NOT_FOUND") imagesWithoutFace.push(item.image);
    else failures.push({ image: item.image, ...failureOf(item.error) });
  }
  return {
    faces: comparedFaces(found, compared),
    model: facenet.model,
    calibration: facenet.calibration,
    detector: facenet.detector.id,
    images: labelled.length,
    imagesWithoutFace,
    failures,
  };
}

type FoundFace = LabelledFace & {
  readonly embedding: Pick<Embedding, "vector" | "code">;
};

function comparedFaces(found: readonly FoundFace[], compared: Compared): FaceSet {
  const rows = found.map(({ embedding }) => (compared === "bytes" ? embedding.code : embedding.vector));
  return faceSetOf(found, rows, compared);
}

/** @throws FaceNetError DATASET_INVALID if there is no face to measure */
export function requireFaces({ faces, images, imagesWithoutFace, failures }: LabelledFaces, folder: string): void {
  if (faces.images.length > 0) return;
  const reason = `no face of ${images} images could be used (${imagesWithoutFace.length} without a face, ${failures.length} failed)`;
  throw new FaceNetError("DATASET_INVALID", { folder, reason });
}

/** Source of faces: a folder of images, or a file of embeddings. */
export type FaceSource = { readonly images: string } | { readonly embeddings: string };

/** Options of loading. */
export type LoadInput = Omit<
  MeasureInput,
  "protocol" | "splits" | "halfSize" | "frames" | "fars" | "fpirs" | "algorithm" | "definitions" | "resamples" | "seed"
>;

/** @throws FaceNetError OPTION_INVALID unless exactly one of the two is given */
export function sourceOf({ images, embeddings }: Pick<MeasureInput, "images" | "embeddings">): FaceSource {
  if ((images === undefined) === (embeddings === undefined))
    throw new FaceNetError("OPTION_INVALID", {
      option: "images",
      reason: "give either a folder of images or embeddings",
    });
  return images === undefined ? { embeddings: embeddings as string } : { images };
}

/**
 * Loads all faces of a folder or file.
 *
 * @param framesAVideo if images are frames, PERSON/VIDEO/FRAME: number of frames taken per video
 * @param wanted selects videos of a folder, by PERSON/VIDEO
 * @throws FaceNetError DATASET_INVALID, FILE_NOT_READABLE; those of {@link readLabelled}
 */
export async function loadFaces(
  input: LoadInput,
  context: RunContext,
  { framesAVideo, wanted }: { readonly framesAVideo?: number; readonly wanted?: (video: string) => boolean } = {},
): Promise<LabelledFaces> {
  const videos = framesAVideo !== undefined;
  const source = sourceOf(input);
  const place = "images" in source ? source.images : source.embeddings;
  const loaded =
    "embeddings" in source
      ? await readLabelled(source.embeddings, input, videos ? personOfFrame : personOfPath)
      : await embedImages(
          await (videos ? listVideoFolders(source.images, framesAVideo, wanted) : listPersonFolders(source.images)),
          input,
          context,
        );
  requireFaces(loaded, place);
  return loaded;
}

/** @throws FaceNetError what loading models throws */
export async function embedImages(
  images: readonly LabelledImage[],
  input: LoadInput,
  { load, signal, onProgress }: RunContext,
): Promise<LabelledFaces> {
  return embedLabelled(images, await load(input), { ...input, signal, onProgress });
}

/**
 * Reads embeddings from a file; the model's manifest defines how they are compared.
 *
 * @throws FaceNetError FILE_NOT_READABLE, EMBEDDINGS_INVALID; EMBEDDINGS_INCOMPATIBLE for those of a different model
 */
export async function readLabelled(
  file: string,
  input: Pick<MeasureInput, "model" | "calibration" | "compared">,
  personOf: (image: string) => string = personOfPath,
): Promise<LabelledFaces> {
  const { manifest, calibration } = await locateCalibrated(input.model, input.calibration);
  const { model, faces, failures } = await readExportedEmbeddings(file);
  if (model !== null && model !== manifest.id)
    throw new FaceNetError("EMBEDDINGS_INCOMPATIBLE", { left: `${file} (${model})`, right: manifest.id });
  const { size, codeScale } = manifest.embedding;
  const [first] = faces;
  if (first && first.vector.length !== size)
    throw new FaceNetError("EMBEDDINGS_INVALID", {
      file,
      place: "row 0",
      reason: `has ${first.vector.length} values, ${manifest.id} produces ${size}: select the model that produced them`,
    });
  const found = onceEach(faces).map(({ image, box, quality, vector, code }) => ({
    image,
    person: personOf(image),
    box,
    quality,
    embedding: { vector, code: code ?? encodeBytes(vector, codeScale) },
  }));
  return {
    faces: comparedFaces(found, input.compared ?? manifest.embedding.compared),
    model: manifest,
    calibration,
    detector: null,
    images: faces.length + failures.length,
    imagesWithoutFace: failures.filter(({ code }) => code === "FACE_NOT_FOUND").map(({ image }) => image),
    failures: failures.filter(({ code }) => code !== "FACE_NOT_FOUND"),
  };
}

/** Drops repeated entries of the same image. */
function onceEach<T extends { readonly image: string }>(faces: readonly T[]): T[] {
  return [...new Map(faces.toReversed().map((face) => [face.image, face])).values()].reverse();
}

/** PERSON/VIDEO/FRAME */
function personOfFrame(frame: string): string {
  return personOfPath(personPath(frame));
}

const personPath = (frame: string): string => frame.slice(0, Math.max(frame.lastIndexOf("/"), frame.lastIndexOf("\\")));
