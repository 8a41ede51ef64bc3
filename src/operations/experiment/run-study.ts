/** The levels of a study, one after another: vectors of every image, then the pairs measured on them. */
import { cpus } from "node:os";
import type { Pair } from "../../datasets/pairs.ts";
import type { FaceSet } from "../../evaluation/face-set.ts";
import { principalComponents, project } from "../../evaluation/principal-components.ts";
import { verifyPairs } from "../../evaluation/verification.ts";
import { compressAsJpeg, scaleToSquare } from "../../image/degrade.ts";
import { encodeBytes } from "../../metric/byte-code.ts";
import { createEmbeddingMatrix } from "../../metric/embedding-matrix.ts";
import { roundToHalf } from "../../metric/half-float.ts";
import { seededRandom } from "../../metric/seeded-random.ts";
import type { BatchItem } from "../../pipeline/batch.ts";
import type { FaceNet, LookOptions } from "../../pipeline/facenet.ts";
import { mapOrdered } from "../../pipeline/map-ordered.ts";
import type { Experiment, ExperimentLevel, Study } from "../../schemas/experiment.ts";
import type { EmbeddedImage } from "../../schemas/looked-at.ts";
import type { EmbeddingManifest } from "../../schemas/model-manifest.ts";
import { matchPairs } from "../evaluate/pairs-protocol.ts";
import { type CachedFaces, cacheFaces, FACE_SIZE } from "./face-cache.ts";
import { cachedVectors, type Vectors } from "./level-vectors.ts";
import { studyPlans } from "./studies.ts";

/** What a study is made on. */
export type StudyData = {
  readonly facenet: FaceNet;
  /** paths, each once */
  readonly images: readonly string[];
  readonly personOf: (image: string) => string;
  readonly pairs: readonly Pair[];
  /** path of each image of the pairs, by `pairImagePath` */
  readonly files: ReadonlyMap<string, string>;
  /** images of other people, for the study of dimensions */
  readonly fitOn: readonly string[];
  readonly cache: string;
  readonly look: LookOptions;
};

export type StudyOptions = { readonly far: number; readonly resamples: number; readonly seed: number };

type Measured = { readonly levels: ExperimentLevel[]; readonly pairs: number; readonly skipped: number };

/** @throws FaceNetError OUTPUT_NOT_WRITABLE; RangeError where the pairs cannot be measured; the signal's reason */
export async function runStudy(
  study: Study,
  data: StudyData,
  options: StudyOptions,
): Promise<Pick<Experiment, "question" | "difference" | "compared" | "far" | "levels" | "pairs" | "skipped">> {
  const { question, difference } = studyPlans[study];
  const measured = await measureLevels(study, data, options);
  return { question, difference, compared: comparedIn(study, data.facenet.model), far: options.far, ...measured };
}

function comparedIn(study: Study, { embedding }: EmbeddingManifest): string {
  if (study === "bytes") return "each level says";
  return study === "dimensions" ? "floats" : embedding.compared;
}

async function measureLevels(study: Study, data: StudyData, options: StudyOptions): Promise<Measured> {
  const { model } = data.facenet;
  const levels: ExperimentLevel[] = [];
  let [pairs, skipped] = [0, 0];
  const vectorsOf = await vectorSource(study, data);
  const available = studyPlans[study].levels.filter(({ value }) => study !== "dimensions" || value <= model.embedding.size);
  for (const level of available) {
    const vectors = await vectorsOf(level.value);
    const faces = faceSet(vectors, data, study, level.value);
    const loaded = { faces, model, detector: null, images: data.images.length, imagesWithoutFace: [], failures: [] };
    const { list, skippedPairs } = matchPairs(data.pairs, data.files, loaded);
    const figures = verifyPairs(faces, list, {
      fars: [options.far],
      definitions: "paper",
      modelThresholds: [],
      bootstrap: { resamples: options.resamples, random: seededRandom(options.seed) },
    });
    const [val] = figures.val;
    if (!val) throw new RangeError("a study needs a false accept rate");
    const { mean, standardError, standardDeviation, interval } = val;
    const value = study === "bytes" ? level.value * model.embedding.size : level.value;
    levels.push({ ...level, value, accuracy: figures.accuracy, val: { mean, standardError, standardDeviation, interval } });
    [pairs, skipped] = [figures.pairs, skippedPairs.length];
  }
  return { levels, pairs, skipped };
}

/** Where the vectors of a level come from. */
async function vectorSource(study: Study, data: StudyData): Promise<(value: number) => Promise<Vectors>> {
  switch (study) {
    case "jpeg":
    case "pixels": {
      const faces = await cacheFaces(data.images, data.facenet, data.cache, {
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
      throw new TypeError("study of unknown name");
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

async function embedded(images: readonly string[], items: AsyncIterable<BatchItem<EmbeddedImage>>): Promise<Vectors> {
  const vectors = new Map<string, Float32Array>();
  for await (const item of items) {
    const vector = item.ok ? item.value.faces[0]?.embedding.vector : undefined;
    if (vector) vectors.set(images[item.index] as string, vector);
  }
  return vectors;
}

/** The faces as they are compared at a level. */
function faceSet(vectors: Vectors, { personOf, facenet }: StudyData, study: Study, value: number): FaceSet {
  const images = [...vectors.keys()];
  const people = [...new Set(images.map(personOf))];
  const numbers = new Map(people.map((person, number) => [person, number]));
  const { compared, codeScale } = facenet.model.embedding;
  const asBytes = study === "bytes" ? value < 2 : study !== "dimensions" && compared === "bytes";
  const rows = [...vectors.values()].map((vector) => {
    if (!asBytes) return study === "bytes" && value === 2 ? vector.map(roundToHalf) : vector;
    return study === "bytes" && value < 1 ? signsOf(vector) : encodeBytes(vector, codeScale);
  });
  return {
    images,
    boxes: images.map(() => null),
    people,
    person: Uint32Array.from(images, (image) => numbers.get(personOf(image)) as number),
    embeddings: createEmbeddingMatrix(rows, asBytes ? "bytes" : "floats"),
  };
}

/** One bit a dimension: on which side of zero. Distances of such codes are 4 x the share of bits that differ. */
function signsOf(vector: Float32Array): Int8Array {
  return Int8Array.from(vector, (value) => (value < 0 ? -1 : 1));
}
