/** Faces with their people: looked for in images, or read from a file of embeddings made before. */
import { readExportedEmbeddings } from "../../datasets/exported-embeddings.ts";
import { type LabelledImage, listPersonFolders, listVideoFolders, personOfPath } from "../../datasets/person-folders.ts";
import { FaceNetError } from "../../errors.ts";
import type { RunContext } from "../../faces/run-context.ts";
import { encodeBytes } from "../../metric/byte-code.ts";
import { locateCalibrated } from "../../models/calibrated-model.ts";
import { embedLabelled, faceSetOf, type LabelledFaces, requireFaces } from "./labelled-faces.ts";
import type { MeasureInput } from "./measure-options.ts";

/** Where faces come from: the folder of images, or the file of embeddings. */
export type FaceSource = { readonly images: string } | { readonly embeddings: string };

/** What loading needs to be told. */
export type LoadInput = Omit<
  MeasureInput,
  "protocol" | "splits" | "halfSize" | "frames" | "fars" | "fpirs" | "algorithm" | "definitions" | "resamples" | "seed"
>;

/** @throws FaceNetError OPTION_INVALID unless one of the two was given */
export function sourceOf({ images, embeddings }: Pick<MeasureInput, "images" | "embeddings">): FaceSource {
  if ((images === undefined) === (embeddings === undefined))
    throw new FaceNetError("OPTION_INVALID", {
      option: "images (--images)",
      reason: "give a folder of images or --embeddings FILE, one of the two",
    });
  return images === undefined ? { embeddings: embeddings as string } : { images };
}

/**
 * Everybody of a folder or file.
 *
 * @param framesAVideo images are frames, PERSON/VIDEO/FRAME: how many of each video are taken
 * @throws FaceNetError DATASET_INVALID, FILE_NOT_READABLE; those of {@link readLabelled}
 */
export async function loadFaces(
  input: LoadInput,
  context: RunContext,
  { framesAVideo }: { readonly framesAVideo?: number } = {},
): Promise<LabelledFaces> {
  const videos = framesAVideo !== undefined;
  const source = sourceOf(input);
  const place = "images" in source ? source.images : source.embeddings;
  const loaded =
    "embeddings" in source
      ? await readLabelled(source.embeddings, input, videos ? personOfFrame : personOfPath)
      : await embedImages(
          await (videos ? listVideoFolders(source.images, framesAVideo) : listPersonFolders(source.images)),
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
 * Embeddings from a file; the model's manifest says how they are compared.
 *
 * @throws FaceNetError FILE_NOT_READABLE, EMBEDDINGS_INVALID; EMBEDDINGS_INCOMPATIBLE for those of another model
 */
export async function readLabelled(
  file: string,
  input: Pick<MeasureInput, "model" | "calibration" | "compared">,
  personOf: (image: string) => string = personOfPath,
): Promise<LabelledFaces> {
  const { manifest, calibration } = await locateCalibrated(input.model, input.calibration);
  const { model, faces, failures } = await readExportedEmbeddings(file);
  if (model !== null && model !== manifest.id)
    throw new FaceNetError("EMBEDDINGS_INCOMPATIBLE", { left: `${file} (${model})`, right: `${manifest.id} (--model)` });
  const { size, codeScale } = manifest.embedding;
  const [first] = faces;
  if (first && first.vector.length !== size)
    throw new FaceNetError("EMBEDDINGS_INVALID", {
      file,
      place: "row 0",
      reason: `has ${first.vector.length} values, ${manifest.id} makes ${size}: name the model that made them (--model)`,
    });
  const found = onceEach(faces).map(({ image, box, vector, code }) => ({
    image,
    person: personOf(image),
    box,
    embedding: { vector, code: code ?? encodeBytes(vector, codeScale) },
  }));
  return {
    faces: faceSetOf(found, input.compared ?? manifest.embedding.compared),
    model: manifest,
    calibration,
    detector: null,
    images: faces.length + failures.length,
    imagesWithoutFace: failures.filter(({ code }) => code === "FACE_NOT_FOUND").map(({ image }) => image),
    failures: failures.filter(({ code }) => code !== "FACE_NOT_FOUND"),
  };
}

/** An image that is in a file twice counts once. */
function onceEach<T extends { readonly image: string }>(faces: readonly T[]): T[] {
  return [...new Map(faces.toReversed().map((face) => [face.image, face])).values()].reverse();
}

/** PERSON/VIDEO/FRAME */
function personOfFrame(frame: string): string {
  return personOfPath(personPath(frame));
}

const personPath = (frame: string): string => frame.slice(0, Math.max(frame.lastIndexOf("/"), frame.lastIndexOf("\\")));
