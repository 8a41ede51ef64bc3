/** Study of an existing model: vectors of every image at each level, and the evaluation of the pairs. */
import { cpus } from "node:os";
import { type FaceSet, faceSetOf } from "../evaluation/face-set.ts";
import type { FaceNet, LookOptions } from "../faces/facenet.ts";
import { mapOrdered } from "../faces/map-ordered.ts";
import { compressAsJpeg, scaleToSquare } from "../image/degrade.ts";
import { encodeBytes, roundToHalf } from "../metric/byte-code.ts";
import { principalComponents, project } from "../metric/principal-components.ts";
import type { Experiment, Study, TrainingStudy } from "../schemas/experiment.ts";
import type { EmbeddingManifest } from "../schemas/model-manifest.ts";
import { createLevelTable, type MeasuredLevels, type PairData, type StudyOptions } from "./level-table.ts";
import { differenceOf, studyPlans } from "./studies.ts";
import { type CachedFaces, cachedVectors, cacheFaces, embedded, FACE_SIZE, largeCutOut, type Vectors } from "./study-cache.ts";

/** Model and data of a study. */
export type StudyData = PairData & {
  readonly facenet: FaceNet;
  /** images of other people, for the study of dimensions */
  readonly fitOn: readonly string[];
  readonly cache: string;
  readonly look: LookOptions;
};

/** Study of an existing model. */
type ModelStudy = Exclude<Study, TrainingStudy>;

/** @throws FaceNetError OUTPUT_NOT_WRITABLE; RangeError if the pairs cannot be evaluated; the signal's reason */
export async function runStudy(
  study: ModelStudy,
  data: StudyData,
  options: StudyOptions,
): Promise<Pick<Experiment, "question" | "difference" | "compared" | "far" | "levels" | "pairs" | "skipped">> {
  const { question } = studyPlans[study];
  const measured = await measureLevels(study, data, options);
  return {
    question,
    difference: differenceOf(study),
    compared: comparedIn(study, data.facenet.model),
    far: options.far,
    ...measured,
  };
}

function comparedIn(study: ModelStudy, { embedding }: EmbeddingManifest): string {
  if (study === "bytes") return "each level says";
  return study === "dimensions" ? "floats" : embedding.compared;
}

async function measureLevels(study: ModelStudy, data: StudyData, options: StudyOptions): Promise<MeasuredLevels> {
  const { model } = data.facenet;
  const vectorsOf = await vectorSource(study, data);
  const measured = createLevelTable(data, options);
  const available = studyPlans[study].levels.filter(({ value }) => study !== "dimensions" || value <= model.embedding.size);
  for (const level of available) {
    const faces = faceSet(await vectorsOf(level.value), data, study, level.value);
    const value = study === "bytes" ? level.value * model.embedding.size : level.value;
    measured.add({ ...level, value }, faces, model);
  }
  return measured.result();
}

/** Source of the vectors of a level. */
async function vectorSource(study: ModelStudy, data: StudyData): Promise<(value: number) => Promise<Vectors>> {
  switch (study) {
    case "jpeg":
    case "pixels": {
      const faces = await cacheFaces(data.images, data.facenet, data.cache, largeCutOut(data.facenet.model), {
        ...data.look,
        faces: data.look.faces ?? "central",
      });
      return (value) => degradedVectors(study, value, faces, data);
    }
    case "bytes": {
      const vectors = await plainVectors(data.images, data);
      return async () => vectors;
    }
    case "dimensions": {
      const vectors = await plainVectors(data.images, data);
      const others = [...(await plainVectors(data.fitOn, data)).values()];
      const { size } = data.facenet.model.embedding;
      return async (count) => {
        if (count === size) return vectors;
        const directions = principalComponents(others, count);
        return new Map([...vectors].map(([image, vector]) => [image, project(vector, directions)]));
      };
    }
    default:
      study satisfies never;
      throw new TypeError("unknown study");
  }
}

function degradedVectors(study: "jpeg" | "pixels", value: number, faces: CachedFaces, data: StudyData): Promise<Vectors> {
  const { facenet, look, cache } = data;
  const key = [study, value, FACE_SIZE, facenet.model.id, facenet.model.model.sha256, look.flip, [...faces]];
  const degrade = (file: string) => (study === "jpeg" ? compressAsJpeg(file, value) : scaleToSquare(file, Math.sqrt(value)));
  return cachedVectors(cache, key, async () => {
    const images = [...faces.keys()];
    const pictures = mapOrdered(faces.values(), cpus().length, degrade, look.signal);
    return embedded(images, facenet.embed(pictures, { ...look, faces: "all", aligned: true }));
  });
}

function plainVectors(images: readonly string[], { facenet, look, cache }: StudyData): Promise<Vectors> {
  const { minFaceSize, minConfidence, faces, flip, aligned } = look;
  const key = ["plain", facenet.model.id, facenet.model.model.sha256, facenet.detector.id];
  return cachedVectors(cache, [...key, minFaceSize, minConfidence, faces, flip, aligned, images], async () =>
    embedded(images, facenet.embed(images, look)),
  );
}

/** Face embeddings as compared at a level. */
function faceSet(vectors: Vectors, { personOf, facenet }: StudyData, study: ModelStudy, value: number): FaceSet {
  const { compared, codeScale } = facenet.model.embedding;
  const asBytes = study === "bytes" ? value < 2 : study !== "dimensions" && compared === "bytes";
  const rows = [...vectors.values()].map((vector) => {
    if (!asBytes) return study === "bytes" && value === 2 ? vector.map(roundToHalf) : vector;
    return study === "bytes" && value < 1 ? signsOf(vector) : encodeBytes(vector, codeScale);
  });
  const images = [...vectors.keys()].map((image) => ({ image, person: personOf(image) }));
  return faceSetOf(images, rows, asBytes ? "bytes" : "floats");
}

/** One bit per dimension: its sign. Distances of such codes are 4 x the share of bits that differ. */
function signsOf(vector: Float32Array): Int8Array {
  return Int8Array.from(vector, (value) => (value < 0 ? -1 : 1));
}
