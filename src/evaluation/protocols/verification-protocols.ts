/** Verification protocols: pair list, folder, hold-out splits, videos. */
import { basename } from "node:path";
import { formatPairs, imageNumber, type Pair, pairImagePath } from "../../datasets/pairs.ts";
import { listPersonFolders } from "../../datasets/person-folders.ts";
import { type VideoPair, videoName } from "../../datasets/video-pairs.ts";
import { FaceNetError } from "../../errors.ts";
import { paceOf } from "../../faces/batch.ts";
import type { RunContext } from "../../faces/run-context.ts";
import { probabilityOfSame } from "../../faces/verdict.ts";
import { writeWhole } from "../../files/whole-file.ts";
import { createEmbeddingMatrix, meanFrameDistance, meanOfFrames } from "../../metric/embedding-matrix.ts";
import { seededRandom } from "../../metric/seeded-random.ts";
import type { Verification } from "../../schemas/evaluation.ts";
import type { EmbeddingManifest } from "../../schemas/model-manifest.ts";
import type { FaceSet } from "../face-set.ts";
import { verifyHoldOut } from "../hold-out.ts";
import { dealPeople, drawBalancedPairs, facesByPerson } from "../people-folds.ts";
import { verifyAllPairs } from "../streamed-pairs.ts";
import { type PairList, pairListOf, type VerificationFigures, verifyPairs } from "../verification.ts";
import type { LabelledFaces } from "./labelled-faces.ts";
import type { MeasureInput } from "./measure-options.ts";

/** Number of folds that people are dealt to, as in LFW. */
const FOLDS = 10;
/** Number of video pairs of each kind drawn from larger sets, as in YouTube Faces. */
const VIDEO_PAIRS = 2500;
/** Maximum number of video pairs for which all are measured. */
const ALL_VIDEO_PAIRS = 20_000;

/** Figures, and the pairs if they were kept. */
export type Verified = {
  readonly figures: VerificationFigures;
  readonly list: PairList | null;
  /** Distance of two faces, if it differs from that of their embeddings. */
  readonly distanceOf?: ((a: number, b: number) => number) | undefined;
};

type Options = Pick<MeasureInput, "fars" | "definitions" | "resamples" | "seed" | "splits" | "halfSize" | "balanced">;

/** Measures a list of pairs. @throws RangeError as `verifyPairs` */
export function verifyList(
  faces: FaceSet,
  list: PairList,
  model: EmbeddingManifest,
  { fars, definitions, resamples, seed }: Options,
  distanceOf?: (a: number, b: number) => number,
): Verified {
  const bootstrap = { resamples, random: seededRandom(seed) };
  return {
    figures: verifyPairs(faces, list, { fars, definitions, ...judgementOf(model), bootstrap, distanceOf }),
    list,
    distanceOf,
  };
}

/**
 * Measures a folder: all pairs, or random ones.
 *
 * @throws RangeError for too few people or pairs
 */
export async function verifyFolder(
  faces: FaceSet,
  model: EmbeddingManifest,
  options: Options,
  { signal, onProgress }: Pick<RunContext, "signal" | "onProgress">,
): Promise<Verified> {
  const { fars, resamples, seed, balanced } = options;
  const random = seededRandom(seed);
  if (balanced !== undefined)
    return verifyList(faces, drawBalancedPairs(faces, balanced, { folds: FOLDS, random }), model, options);
  const n = faces.images.length;
  const figures = await verifyAllPairs(faces, {
    fars,
    folds: FOLDS,
    random,
    ...judgementOf(model),
    bootstrap: { resamples, random: seededRandom(seed + 1) },
    stream: { signal, onPairs: pairProgress(2 * n * n, onProgress) }, // once to count, once to find the close ones
  });
  return { figures, list: null };
}

/** Hold-out test of the paper. @throws RangeError as `verifyHoldOut` */
export async function verifySplits(
  faces: FaceSet,
  model: EmbeddingManifest,
  { fars, seed, splits, halfSize }: Options,
  { signal, onProgress }: Pick<RunContext, "signal" | "onProgress">,
): Promise<Verified> {
  const half = Math.min(halfSize, faces.images.length / splits / 2);
  const figures = await verifyHoldOut(faces, {
    fars,
    splits,
    facesAHalf: halfSize,
    random: seededRandom(seed),
    ...judgementOf(model),
    stream: { signal, onPairs: pairProgress(splits * half * half, onProgress) },
  });
  return { figures, list: null };
}

/** Videos of a set of frames. */
export type Videos = { readonly videos: FaceSet; readonly distanceOf: (a: number, b: number) => number };

/** @param videoOf maps the path of a frame to its video */
export function videosOf(frames: FaceSet, videoOf: (image: string) => string): Videos {
  const byVideo = [...Map.groupBy(frames.images.keys(), (frame) => videoOf(frames.images[frame] as string))];
  const means = meanOfFrames(
    frames.embeddings,
    byVideo.map(([, own]) => own),
  );
  const videos: FaceSet = {
    images: byVideo.map(([video]) => video),
    boxes: byVideo.map(() => null),
    people: frames.people,
    person: Uint32Array.from(byVideo, ([, own]) => frames.person[own[0] as number] as number),
    embeddings: createEmbeddingMatrix(
      means.map((mean) => Float32Array.from(mean)),
      "floats",
    ),
  };
  return { videos, distanceOf: (a, b) => meanFrameDistance(means[a] as Float64Array, means[b] as Float64Array) };
}

/** Pairs of videos: all of a small set, otherwise random ones. @throws RangeError as `drawBalancedPairs` */
export function verifyVideos({ videos, distanceOf }: Videos, model: EmbeddingManifest, options: Options): Verified {
  const random = seededRandom(options.seed);
  const n = videos.images.length;
  const isSmall = options.balanced === undefined && (n * (n - 1)) / 2 <= ALL_VIDEO_PAIRS;
  const list = isSmall
    ? pairsWithinFolds(videos, random)
    : drawBalancedPairs(videos, options.balanced ?? VIDEO_PAIRS, { folds: FOLDS, random });
  return verifyList(videos, list, model, options, distanceOf);
}

/** All pairs of faces whose people are in the same fold. */
function pairsWithinFolds({ person, people }: FaceSet, random: () => number): PairList {
  const facesOf = facesByPerson(person, people.length);
  const folds = dealPeople(
    facesOf.map((own) => own.length),
    FOLDS,
    random,
  );
  return pairListOf(
    folds.flatMap((own, fold) => {
      const faces = own.flatMap((who) => facesOf[who] as number[]);
      return faces.flatMap((a, i) => faces.slice(0, i).map((b) => [a, b, fold + 1] as const));
    }),
  );
}

/** Distance-based judgements of the model itself. */
function judgementOf(model: EmbeddingManifest) {
  const hasCurve = model.probability !== undefined;
  return {
    modelThresholds: model.thresholds,
    ...(hasCurve && { probability: (distance: number) => probabilityOfSame(model, distance) as number }),
  };
}

function pairProgress(total: number, onProgress: RunContext["onProgress"]): (done: number) => void {
  const start = performance.now();
  const millions = (pairs: number): number => Math.round(pairs / 1e6);
  return (done) =>
    onProgress({
      unit: "million pairs",
      failed: 0,
      faces: 0,
      done: millions(done),
      ...paceOf(done / 1e6, total / 1e6, performance.now() - start),
      total: millions(total),
    });
}

export type MatchedPairs = { readonly list: PairList; readonly skippedPairs: Verification["skippedPairs"] };

/**
 * @param files paths of images by {@link pairImagePath}; others are missing
 */
export function matchPairs(
  pairs: readonly Pair[],
  files: ReadonlyMap<string, string>,
  { faces, imagesWithoutFace }: Pick<LabelledFaces, "faces" | "imagesWithoutFace">,
): MatchedPairs {
  const rowOf = new Map(faces.images.map((image, row) => [image, row]));
  const withoutFace = new Set(imagesWithoutFace);
  const why = (ref: Pair["left"], file: string | undefined): string =>
    `${pairImagePath(ref)}: ${file === undefined ? "no such image" : withoutFace.has(file) ? "no face found" : "could not be read"}`;
  const rows: [left: number, right: number, fold: number][] = [];
  const skippedPairs: Verification["skippedPairs"] = [];
  for (const { left, right, same, fold } of pairs) {
    const [a, b] = [files.get(pairImagePath(left)), files.get(pairImagePath(right))];
    const [x, y] = [rowOf.get(a ?? ""), rowOf.get(b ?? "")];
    if (x !== undefined && y !== undefined) rows.push([x, y, fold]);
    else {
      const reason = x === undefined ? why(left, a) : why(right, b);
      skippedPairs.push({ left: pairImagePath(left), right: pairImagePath(right), same, reason });
    }
  }
  return { list: pairListOf(rows), skippedPairs };
}

/** @param videos faces whose images are the videos' folders */
export function matchVideoPairs(pairs: readonly VideoPair[], videos: FaceSet): MatchedPairs {
  const rowOf = new Map(videos.images.map((folder, row) => [videoName(folder), row]));
  const rows: [left: number, right: number, fold: number][] = [];
  const skippedPairs: Verification["skippedPairs"] = [];
  for (const { left, right, same, fold } of pairs) {
    const [x, y] = [rowOf.get(left), rowOf.get(right)];
    if (x !== undefined && y !== undefined) rows.push([x, y, fold]);
    else skippedPairs.push({ left, right, same, reason: `${x === undefined ? left : right}: no frame of it has a face` });
  }
  return { list: pairListOf(rows), skippedPairs };
}

/**
 * @param folder of the images: an image without a number in its name is numbered by its position in its person's folder
 * @throws FaceNetError OUTPUT_NOT_WRITABLE; OPTION_INVALID if an image has no number
 */
export async function writePairs(
  file: string,
  { images, people, person }: FaceSet,
  { left, right, fold }: PairList,
  folder: string | undefined,
): Promise<void> {
  const places = folder === undefined ? new Map<string, number>() : await placesIn(folder);
  const refOf = (face: number): Pair["left"] => {
    const image = images[face] as string;
    const name = people[person[face] as number] as string;
    const index = imageNumber(basename(image), name) ?? places.get(image);
    if (index === undefined)
      throw new FaceNetError("OPTION_INVALID", {
        option: "pairsOut",
        reason: `${image} has no number; give the folder as images instead of embeddings`,
      });
    return { name, index };
  };
  const pairs = Array.from(left, (a, i): Pair => {
    const b = right[i] as number;
    return { left: refOf(a), right: refOf(b), same: person[a] === person[b], fold: fold[i] as number };
  });
  await writeWhole(file, formatPairs(pairs));
}

/** Position of each image within its person's folder, from 1. */
async function placesIn(folder: string): Promise<Map<string, number>> {
  const places = new Map<string, number>();
  for (const own of Map.groupBy(await listPersonFolders(folder), ({ person }) => person).values())
    for (const [i, { image }] of own.entries()) places.set(image, i + 1);
  return places;
}
