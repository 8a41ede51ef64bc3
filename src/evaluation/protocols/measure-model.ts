/** Measures one model by one protocol: loads faces, computes figures, adds warnings. */
import { dirname } from "node:path";
import { findPairImages, imageNumber, type Pair, pairImagePath, readPairs, selectFolds } from "../../datasets/pairs.ts";
import { personOfPath } from "../../datasets/person-folders.ts";
import { readVideoPairs } from "../../datasets/video-pairs.ts";
import { FaceNetError, reasonOf } from "../../errors.ts";
import type { RunContext } from "../../faces/run-context.ts";
import type { ClusteringEvaluation, Evaluation, IdentificationEvaluation, Verification } from "../../schemas/evaluation.ts";
import { type FaceSet, findCopies, withoutCopies } from "../face-set.ts";
import { acrossModels, bothWays } from "./across-models.ts";
import { discardByQuality } from "./discard-by-quality.ts";
import { clusterLabelled, identificationWarnings, identifyOpenSet } from "./gallery-protocols.ts";
import { embedImages, type LabelledFaces, loadFaces, readLabelled, sourceOf } from "./labelled-faces.ts";
import { type MeasureInput, protocolOf } from "./measure-options.ts";
import type { MeasuredModel } from "./measured-model.ts";
import {
  matchPairs,
  matchVideoPairs,
  type Verified,
  verifyFolder,
  verifyList,
  verifySplits,
  verifyVideos,
  videosOf,
  writePairs,
} from "./verification-protocols.ts";
import { alikeWarnings, copyWarnings, type LikelyOnePerson, peopleAlike, warningsOf } from "./warnings.ts";

/**
 * @throws FaceNetError OPTION_INVALID, FILE_NOT_READABLE, PAIRS_INVALID, DATASET_INVALID, EMBEDDINGS_INVALID,
 *   EMBEDDINGS_INCOMPATIBLE, and what loading models throws
 */
export async function measureModel(input: MeasureInput, context: RunContext): Promise<MeasuredModel> {
  requireOptions(input);
  const protocol = protocolOf(input);
  switch (protocol) {
    case "pairs":
      return measurePairList(input, context);
    case "folder":
    case "hold-out":
    case "video":
      return measureFolder(protocol, input, context);
    case "identification":
    case "clustering":
      return measureSet(protocol, input, context);
    default:
      protocol satisfies never;
      throw new TypeError("unknown protocol");
  }
}

async function measurePairList(input: MeasureInput, context: RunContext): Promise<MeasuredModel> {
  const file = input.pairs as string;
  const pairs = selectFolds(await readPairs(file), input.folds);
  const source = sourceOf(input);
  const [files, own] =
    "images" in source ? await embedPairs(source.images, pairs, input, context) : await readPairsOf(source.embeddings, input);
  const { galleryModel } = input;
  const across =
    galleryModel !== undefined && "images" in source
      ? acrossModels(own, (await embedPairs(source.images, pairs, { ...input, model: galleryModel }, context))[1])
      : undefined;
  const loaded = across?.loaded ?? own;
  const { list: matched, skippedPairs } = matchPairs(pairs, files, loaded);
  const list = across ? bothWays(matched) : matched;
  if (list.left.length === 0)
    throw invalidPairs(
      file,
      `none of its ${skippedPairs.length} pairs could be measured (${skippedPairs[0]?.reason}): does the list belong to ${input.images ?? input.embeddings}?`,
    );
  const verified = await orInvalid(
    (reason) => invalidPairs(file, `${reason} (${skippedPairs.length} pairs were skipped)`),
    () => verifyList(loaded.faces, list, loaded.model, input, across?.distanceOf),
  );
  return described("pairs", loaded, verified, input, { skippedPairs, copies: findCopies(loaded.faces), alike: [] });
}

async function embedPairs(
  folder: string,
  pairs: readonly Pair[],
  input: MeasureInput,
  context: RunContext,
): Promise<[ReadonlyMap<string, string>, LabelledFaces]> {
  const files = await findPairImages(folder, pairs);
  const personOf = new Map(
    pairs.flatMap(({ left, right }) => [left, right]).map((ref) => [files.get(pairImagePath(ref)), ref.name]),
  );
  const images = [...new Set(files.values())].map((image) => ({ image, person: personOf.get(image) as string }));
  return [files, await embedImages(images, input, context)];
}

/** Images of a file by LFW's naming scheme; otherwise numbered in order within each person. */
async function readPairsOf(file: string, input: MeasureInput): Promise<[ReadonlyMap<string, string>, LabelledFaces]> {
  const loaded = await readLabelled(file, input);
  const files = new Map<string, string>();
  for (const [person, images] of Map.groupBy(loaded.faces.images, personOfPath)) {
    const isLfw = images.some((image) => numberOf(image, person) !== undefined);
    for (const [i, image] of images.toSorted().entries()) {
      const index = isLfw ? numberOf(image, person) : i + 1;
      if (index !== undefined) files.set(pairImagePath({ name: person, index }), image);
    }
  }
  return [files, loaded];
}

const numberOf = (image: string, person: string): number | undefined =>
  imageNumber(image.slice(dirname(image).length + 1), person);

async function measureFolder(
  protocol: "folder" | "hold-out" | "video",
  input: MeasureInput,
  context: RunContext,
): Promise<MeasuredModel> {
  if (protocol === "video" && input.pairs !== undefined) return measureVideoPairs(input.pairs, input, context);
  const loaded = await loadFaces(input, context, protocol === "video" ? { framesAVideo: input.frames } : {});
  const copies = findCopies(loaded.faces);
  const faces = withoutCopies(loaded.faces);
  const videos = protocol === "video" ? videosOf(faces, dirname) : undefined;
  const measured = videos?.videos ?? faces;
  const verified = await orInvalid(invalidSet(input), () => {
    if (videos) return verifyVideos(videos, loaded.model, input);
    return protocol === "folder"
      ? verifyFolder(faces, loaded.model, input, context)
      : verifySplits(faces, loaded.model, input, context);
  });
  if (input.pairsOut !== undefined && verified.list) await writePairs(input.pairsOut, faces, verified.list, input.images);
  const alike = await likelyOnePerson(faces, loaded);
  return described(protocol, { ...loaded, faces: measured }, verified, input, { skippedPairs: [], copies, alike });
}

/** Protocol of YouTube Faces: pairs of videos in folds. Every frame counts, including similar ones. */
async function measureVideoPairs(file: string, input: MeasureInput, context: RunContext): Promise<MeasuredModel> {
  const pairs = selectFolds(await readVideoPairs(file), input.folds);
  const wanted = new Set(pairs.flatMap(({ left, right }) => [left, right]));
  const loaded = await loadFaces(input, context, { framesAVideo: input.frames, wanted: (video) => wanted.has(video) });
  const { videos, distanceOf } = videosOf(loaded.faces, dirname);
  const { list, skippedPairs } = matchVideoPairs(pairs, videos);
  const verified = await orInvalid(
    (reason) => invalidPairs(file, `${reason} (${skippedPairs.length} pairs were skipped)`),
    () => verifyList(videos, list, loaded.model, input, distanceOf),
  );
  return described("video", { ...loaded, faces: videos }, verified, input, { skippedPairs, copies: [], alike: [] });
}

async function measureSet(
  protocol: "identification" | "clustering",
  input: MeasureInput,
  context: RunContext,
): Promise<MeasuredModel> {
  const loaded = await loadFaces(input, context);
  const copies = findCopies(loaded.faces);
  const set = { ...loaded, faces: withoutCopies(loaded.faces) };
  const alike = await likelyOnePerson(set.faces, loaded);
  const doubts = [...copyWarnings(copies), ...alikeWarnings(alike)];
  const evaluation = await orInvalid(invalidSet(input), async (): Promise<IdentificationEvaluation | ClusteringEvaluation> => {
    if (protocol === "clustering")
      return {
        protocol,
        ...(await clusterLabelled(set.faces, set.model, input, context)),
        ...commonOf(set, input, copies, doubts),
      };
    const figures = identifyOpenSet(set, input);
    const warnings = [...identificationWarnings(set, figures, input.fpirs), ...doubts];
    return { protocol, ...figures, ...commonOf(set, input, copies, warnings) };
  });
  return { evaluation, card: loaded.model, judged: null, everyPair: null };
}

function described(
  protocol: Verification["protocol"],
  loaded: LabelledFaces,
  { figures, list, distanceOf }: Verified,
  input: MeasureInput,
  left: Pick<Verification, "skippedPairs" | "copies"> & { readonly alike: readonly LikelyOnePerson[] },
): MeasuredModel {
  const { skippedPairs, copies, alike } = left;
  const warnings = [
    ...warningsOf({ ...figures, protocol, skipped: skippedPairs.length }),
    ...copyWarnings(copies),
    ...alikeWarnings(alike),
  ];
  const evaluation = {
    protocol,
    ...figures,
    ...commonOf(loaded, input, copies, warnings),
    skipped: skippedPairs.length,
    skippedPairs,
    groups: [],
    quality: protocol === "hold-out" ? null : discardByQuality(loaded, { figures, list, distanceOf }, input),
  } satisfies Evaluation;
  const { model } = evaluation;
  const judged = list && { model, faces: loaded.faces, list, folds: evaluation.folds, distanceOf };
  const everyPair = protocol === "folder" && !list ? { model, faces: loaded.faces } : null;
  return { evaluation, card: loaded.model, judged, everyPair };
}

function commonOf(
  { faces, model, detector, calibration, images, imagesWithoutFace, failures }: LabelledFaces,
  { flip, definitions }: MeasureInput,
  copies: Verification["copies"],
  warnings: string[],
) {
  return {
    model: model.id,
    detector,
    calibration,
    compared: faces.embeddings.compared,
    flip: flip ?? model.embedding.mirrored,
    definitions,
    people: new Set(faces.person).size,
    images,
    imagesWithoutFace,
    failures,
    copies,
    warnings,
  };
}

/** Pairs of people whose mean faces are closer than almost all strangers. */
function likelyOnePerson(faces: FaceSet, { model }: LabelledFaces): Promise<LikelyOnePerson[]> {
  return peopleAlike(faces, Math.min(...model.thresholds.map(({ distance }) => distance)));
}

const invalidPairs = (file: string, reason: string) => new FaceNetError("PAIRS_INVALID", { file, line: "(all)", reason });

const invalidSet =
  ({ images, embeddings }: MeasureInput) =>
  (reason: string, error: unknown): FaceNetError =>
    new FaceNetError("DATASET_INVALID", { folder: images ?? embeddings, reason }, error);

/** Converts complaints about the numbers into DATASET_INVALID, which names their source. */
async function orInvalid<T>(
  toError: (reason: string, error: unknown) => FaceNetError,
  measure: () => T | Promise<T>,
): Promise<T> {
  try {
    return await measure();
  } catch (error) {
    if (error instanceof RangeError) throw toError(reasonOf(error), error);
    throw error;
  }
}

/** @throws FaceNetError OPTION_INVALID for incompatible options */
function requireOptions(input: MeasureInput): void {
  const protocol = protocolOf(input);
  const require = (holds: boolean, option: string, reason: string): void => {
    if (!holds) throw new FaceNetError("OPTION_INVALID", { option, reason });
  };
  sourceOf(input);
  const hasPairs = input.pairs !== undefined;
  require(hasPairs
    ? protocol === "pairs" || protocol === "video"
    : protocol !== "pairs", "pairs", "requires the protocol pairs or video");
  const isAcross = input.galleryModel !== undefined;
  require(!isAcross || (protocol === "pairs" && input.images !== undefined), "galleryModel", "requires pairs and images");
  require(input.folds === undefined || hasPairs, "folds", "require a list of pairs");
  const draws = protocol === "folder" || protocol === "video";
  require(input.balanced === undefined || draws, "balanced", "requires the protocol folder or video");
  const writes = input.pairsOut === undefined || (protocol === "folder" && input.balanced !== undefined);
  require(writes, "pairsOut", "writes random pairs of a folder, so it requires balanced");
  const comparable = input.definitions === "paper" || protocol === "pairs" || input.balanced !== undefined;
  require(comparable, "definitions", "reference is for lists of pairs (pairs or balanced)");
}
