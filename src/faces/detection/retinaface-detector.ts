/**
 * Face detection in photographs: which scales are searched, when a finer scale is added, and the orientation of each face.
 *
 * Two passes over the whole photograph find faces from a few per cent of its side to all of it. Small candidates in a
 * photograph that was scaled down cause a third pass at a finer scale, in tiles. Each face is then
 * refined alone, in four orientations unless it is clearly upright: the network also finds faces that lie on their side or
 * upside down, but places the landmarks of an upright face on them.
 */
import type { OnnxNetwork } from "../../engine/onnx-network.ts";
import type { Size } from "../../image/orientation.ts";
import { type Box, type Detection, landmarkPoints, type Point } from "../../schemas/face.ts";
import { ARCFACE_SIDE, arcfaceTemplate } from "../alignment/arcface-template.ts";
import { inverse, similarityTransform } from "../alignment/similarity.ts";
import type { Photograph, Pixels } from "../photograph.ts";
import type { Detector } from "./detector.ts";
import { overlapOfSmaller, overlapOfUnion, withoutOverlaps } from "./overlap.ts";
import { createRetinaface, type LookAt, type Part, samplePart, type Turn } from "./retinaface.ts";

/** Longer side of a 4:3 photograph in the first two passes; other aspect ratios get the same number of pixels. */
const WHOLE_LOOKS = [256, 1024] as const;
/** A larger minimum size does not make the passes coarser; a smaller one adds a pass. */
const USUAL_SIZE = 40;
/** Side of the smallest wanted face in the input, if the photograph has enough pixels. */
const ENLARGED = 51;
/** An input with this side includes the largest faces: the coarser pass adds nothing. */
const ONE_LOOK = 448;
/** Near the largest anchor the network finds parts of a face; in a coarser pass the same face is a quarter as large. */
const TOO_LARGE = 400;
/** Candidates smaller than this in the input cause a finer pass, in which the smallest wanted face has `CLOSER` pixels. */
const SMALL_CANDIDATE = { side: 32, confidence: 0.15 } as const;
const CLOSER = 32;
/** Side of a tile of the finer pass and its overlap with the next, in pixels of the input. */
const TILE = { side: 1024, shared: 128 } as const;
/** Passes for rotated faces, used if no upright face was found. */
const TURNED_LOOK = 512;
/** Boxes of one face have an intersection over union above this. */
const SAME_FACE = 0.4;
/** A box with more than this share of its area inside a more confident one is a part of that face, found at another scale. */
const PART_OF_FACE = 0.75;
/** Minimum confidence of a candidate in one pass. */
const CANDIDATE = 0.3;
/** Refinement of a face: side of the input, the share of it that the face's box takes, and faces per run. */
const SINGLE = { side: 128, share: 0.8, batch: 8 } as const;
/** Log odds by which the rotated refinements together must exceed the upright ones. */
const TURN_MARGIN = 0.3;

const TURNS: readonly Turn[] = [0, 1, 2, 3];
/** Minimum confidence in one refinement. */
const LEAST = 0.02;
/**
 * Confidence from which a face counts for the orientation of the photograph, and log odds by which another
 * orientation must exceed it.
 */
const VOTES_FROM = 0.5;
const FAVOUR = 3;
/** Log odds subtracted for a misfit of 1. */
const MISFIT_COST = 15;
/**
 * A face found upright is not refined in other orientations if its upright refinement is at least this plausible and places the
 * landmarks where the first pass did, within this share of the box. That holds for 68 % of 380 upright faces, and for
 * none of 1,000
 * faces in photographs rotated by 90 or 180 degrees except three whose heads were then upright (the samples, 150
 * photographs and 144 of LFW).
 */
const CLEARLY_UPRIGHT = { plausibility: 4.25, landmarks: 0.03 } as const;

type Candidate = Detection & { readonly inputSide: number; readonly turn: Turn };

export function createRetinafaceDetector(id: string, network: OnnxNetwork): Detector {
  const lookAt = createRetinaface(network);
  return {
    id,
    async detect(photograph, { minFaceSize, minConfidence }) {
      const isFace = ({ box, confidence }: Detection) =>
        confidence >= minConfidence && Math.max(box.width, box.height) >= minFaceSize;
      let found = await lookAll(lookAt, photograph, minFaceSize, 0);
      let { faces, turn } = await verifyAll(lookAt, photograph, found);
      if (!faces.some(isFace)) {
        found = merged(await lookTurned(lookAt, photograph));
        ({ faces, turn } = await verifyAll(lookAt, photograph, found));
      }
      if (turn !== 0) {
        found = merged([...(await lookAll(lookAt, photograph, minFaceSize, turn)), ...found]);
        ({ faces } = await verifyAll(lookAt, photograph, found));
      }
      return withoutOverlaps(faces, SAME_FACE).filter(isFace);
    },
    detail: (photograph, { minFaceSize }) => scalesOf(photograph, minFaceSize).fine,
    dispose: () => network.dispose(),
  };
}

/** Scale at which a photograph has as many pixels as a 4:3 one with this longer side. */
const scaleFor = (longerSide: number, { width, height }: Pick<Photograph, "width" | "height">): number =>
  longerSide / Math.sqrt((width * height * 4) / 3);

/** Scales of the first two passes. */
function scalesOf(photograph: Pick<Photograph, "width" | "height">, minFaceSize: number): { coarse: number; fine: number } {
  const most = ENLARGED / Math.max(minFaceSize, USUAL_SIZE);
  const [coarse, fine] = WHOLE_LOOKS.map((longerSide) => Math.min(scaleFor(longerSide, photograph), most)) as [number, number];
  return { coarse, fine };
}

async function lookAll(lookAt: LookAt, photograph: Photograph, minFaceSize: number, turn: Turn): Promise<Candidate[]> {
  const { coarse, fine } = scalesOf(photograph, minFaceSize);
  const scales = fine * Math.max(photograph.width, photograph.height) <= ONE_LOOK ? [fine] : [fine, coarse];
  const looks = await Promise.all(scales.map((scale) => lookWhole(lookAt, photograph, scale, turn)));
  const coarsest = looks.at(-1) as Candidate[];
  const isInRange = ({ inputSide }: Candidate) => inputSide <= TOO_LARGE;
  const candidates = looks.flatMap((found) => (found === coarsest ? found : found.filter(isInRange)));
  const finest = Math.max(...scales);
  const closer = Math.min(minFaceSize < USUAL_SIZE ? ENLARGED / minFaceSize : Math.min(1, CLOSER / minFaceSize), 4 * finest);
  const isSmall = ({ box }: Candidate) => Math.max(box.width, box.height) * finest < SMALL_CANDIDATE.side;
  const isWanted = minFaceSize < USUAL_SIZE || candidates.some(isSmall);
  if (isWanted && closer > 1.2 * finest)
    candidates.push(...(await lookInTiles(lookAt, photograph, closer, turn)).filter(isInRange));
  return merged(candidates);
}

/** The whole photograph at one scale, rotated by quarter turns. */
async function lookWhole(lookAt: LookAt, photograph: Photograph, scale: number, turn: Turn): Promise<Candidate[]> {
  const { pixels, ...size } = await photograph.resized(scale);
  if (scale <= 1) return lookOnce(lookAt, partOf(photograph, pixels, size, { x: 0, y: 0, ...size }), turn);
  // The pixels are resampled anyway: the scale need not give whole sides.
  const enlarged = { width: photograph.width * scale, height: photograph.height * scale };
  return lookOnce(lookAt, samplePart(pixels, [1 / scale, 0, 0, 0, 1 / scale, 0], enlarged), turn);
}

async function lookInTiles(lookAt: LookAt, photograph: Photograph, scale: number, turn: Turn): Promise<Candidate[]> {
  const { pixels, ...size } = await photograph.resized(scale);
  const starts = (length: number): number[] => {
    const count = Math.max(1, Math.ceil((length - TILE.side) / (TILE.side - TILE.shared)) + 1);
    return Array.from({ length: count }, (_, i) => (count === 1 ? 0 : Math.round((i * (length - TILE.side)) / (count - 1))));
  };
  const found: Candidate[] = [];
  for (const y of starts(size.height)) {
    for (const x of starts(size.width)) {
      const [width, height] = [Math.min(TILE.side, size.width), Math.min(TILE.side, size.height)];
      found.push(...(await lookOnce(lookAt, partOf(photograph, pixels, size, { x, y, width, height }), turn)));
    }
  }
  return found;
}

/** Part of a resized photograph, copied pixel by pixel. */
function partOf(full: Size, pixels: Pixels, resized: Size, { x, y, ...size }: Box): Part {
  const [across, down] = [full.width / resized.width, full.height / resized.height];
  return samplePart(pixels, [across, 0, x * across, 0, down, y * down], size);
}

async function lookTurned(lookAt: LookAt, photograph: Photograph): Promise<Candidate[]> {
  const scale = Math.min(scaleFor(TURNED_LOOK, photograph), ENLARGED / USUAL_SIZE);
  const looks = await Promise.all(([1, 2, 3] as const).map((turn) => lookWhole(lookAt, photograph, scale, turn)));
  return looks.flat();
}

async function lookOnce(lookAt: LookAt, part: Part, turn: Turn): Promise<Candidate[]> {
  const [found = []] = await lookAt([{ part, turn }], SMALL_CANDIDATE.confidence);
  const detail = 1 / part.toImage[0];
  return found.map((face) => ({ ...face, inputSide: Math.max(face.box.width, face.box.height) * detail, turn }));
}

/** One candidate per face: drops weak ones, duplicate boxes, and parts of a face that a coarser pass found whole. */
function merged(candidates: readonly Candidate[]): Candidate[] {
  const kept: Candidate[] = [];
  const strong = candidates.filter(({ confidence }) => confidence >= CANDIDATE);
  for (const candidate of strong.sort((a, b) => b.confidence - a.confidence)) {
    const isKnown = kept.some(
      ({ box }) => overlapOfUnion(box, candidate.box) > SAME_FACE || overlapOfSmaller(box, candidate.box) > PART_OF_FACE,
    );
    if (!isKnown) kept.push(candidate);
  }
  return kept;
}

/**
 * Refines every face alone: upright, and in three other orientations if that leaves doubt. The confidence becomes the mean of the
 * first pass and the most confident refinement; if another orientation is more plausible than the one the face was found
 * in, its box
 * and landmarks are used. People in one photograph usually share an orientation: the one that all refinements together favour
 * decides, unless a face is much more confident in another.
 */
async function verifyAll(
  lookAt: LookAt,
  photograph: Photograph,
  candidates: readonly Candidate[],
): Promise<{ faces: Detection[]; turn: Turn }> {
  const looks: SingleLook[] = [];
  for (let i = 0; i < candidates.length; i += SINGLE.batch)
    looks.push(...(await lookAlone(lookAt, photograph, candidates.slice(i, i + SINGLE.batch))));
  const favoured = favouredTurn(looks);
  return { faces: looks.map((look) => settled(look, favoured)), turn: favoured };
}

type SingleLook = { readonly face: Detection; readonly turn: Turn; readonly turns: readonly (Detection | undefined)[] };

async function lookAlone(lookAt: LookAt, photograph: Photograph, candidates: readonly Candidate[]): Promise<SingleLook[]> {
  const parts: Part[] = [];
  for (const candidate of candidates) parts.push(await alone(photograph, candidate));
  const look = async (which: readonly number[], turn: Turn): Promise<(Detection | undefined)[]> => {
    if (which.length === 0) return [];
    const found = await lookAt(
      which.map((i) => ({ part: parts[i] as Part, turn })),
      LEAST,
    );
    return found.map((faces, k) => surestOf(faces, candidates[which[k] as number] as Candidate));
  };
  const all = candidates.map((_, i) => i);
  const upright = await look(all, 0);
  const doubtful = all.filter((i) => !isClearlyUpright(candidates[i] as Candidate, upright[i]));
  const turned = await Promise.all(([1, 2, 3] as const).map((turn) => look(doubtful, turn)));
  return candidates.map(({ inputSide, turn, ...face }, i) => {
    const at = doubtful.indexOf(i);
    return { face, turn, turns: [upright[i], ...(at < 0 ? [] : turned.map((found) => found[at]))] };
  });
}

function isClearlyUpright(candidate: Candidate, look: Detection | undefined): boolean {
  if (!look || candidate.turn !== 0 || plausibility(look) < CLEARLY_UPRIGHT.plausibility) return false;
  const before = landmarkPoints(candidate.landmarks);
  const distances = landmarkPoints(look.landmarks).map((point, i) => distance(point, before[i] as Point));
  const mean = distances.reduce((sum, each) => sum + each, 0) / distances.length;
  return mean <= CLEARLY_UPRIGHT.landmarks * Math.max(candidate.box.width, candidate.box.height);
}

const distance = (a: Point, b: Point): number => Math.hypot(a.x - b.x, a.y - b.y);

/**
 * The surroundings of a face, at no higher resolution than the pass that found it: more is not worth decoding the
 * photograph again.
 */
async function alone(photograph: Photograph, { box, inputSide }: Candidate): Promise<Part> {
  const scale = (SINGLE.side * SINGLE.share) / Math.max(box.width, box.height);
  const half = SINGLE.side / scale / 2;
  const [x, y] = [box.x + box.width / 2 - half, box.y + box.height / 2 - half];
  const pixels = await photograph.pixels(Math.min(scale, inputSide / Math.max(box.width, box.height)));
  return samplePart(pixels, [1 / scale, 0, x, 0, 1 / scale, y], { width: SINGLE.side, height: SINGLE.side });
}

function surestOf(faces: readonly Detection[], { box }: Detection): Detection | undefined {
  const own = faces.filter((other) => overlapOfUnion(other.box, box) > 0.3);
  return own.reduce<Detection | undefined>((a, b) => (a && a.confidence >= b.confidence ? a : b), undefined);
}

/** Orientation favoured by all confident faces together. */
function favouredTurn(looks: readonly SingleLook[]): Turn {
  const sure = looks.filter(({ face }) => face.confidence >= VOTES_FROM);
  const votes = TURNS.map((turn) => sure.reduce((sum, { turns }) => sum + plausibility(turns[turn]), 0));
  return TURNS.reduce<Turn>((best, turn) => ((votes[turn] as number) > (votes[best] as number) + TURN_MARGIN ? turn : best), 0);
}

function settled({ face, turn, turns }: SingleLook, favoured: Turn): Detection {
  const odds = TURNS.map((each) => plausibility(turns[each]) + (each === favoured ? FAVOUR : 0));
  const best = TURNS.reduce<Turn>((a, b) => ((odds[b] as number) > (odds[a] as number) ? b : a), favoured);
  const surest = turns[best];
  const confidence = (face.confidence + Math.max(0, ...turns.map((look) => look?.confidence ?? 0))) / 2;
  if (best !== turn) return { ...(surest ?? face), confidence };
  if (!surest) return { ...face, confidence };
  return { box: between(face.box, surest.box), landmarks: midway(face.landmarks, surest.landmarks), confidence };
}

/** Mean of the boxes of two passes: either may be some per cent too large or small, which matters at the minimum size. */
function between(a: Box, b: Box): Box {
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, width: (a.width + b.width) / 2, height: (a.height + b.height) / 2 };
}

/**
 * Landmark errors of two passes are independent: with their mean, VAL at FAR 1e-3 was 99.2 % on LFW instead of 99.1,
 * and 87.5 % on the second population instead of 86.4.
 */
function midway(a: Detection["landmarks"], b: Detection["landmarks"]): Detection["landmarks"] {
  const mean = (p: Point, q: Point): Point => ({ x: (p.x + q.x) / 2, y: (p.y + q.y) / 2 });
  return {
    leftEye: mean(a.leftEye, b.leftEye),
    rightEye: mean(a.rightEye, b.rightEye),
    nose: mean(a.nose, b.nose),
    leftMouth: mean(a.leftMouth, b.leftMouth),
    rightMouth: mean(a.rightMouth, b.rightMouth),
  };
}

/** Log odds of a refinement, reduced if the landmarks do not form a face: in the wrong orientation both eyes land on one. */
function plausibility(look: Detection | undefined): number {
  return look ? logOdds(look.confidence) - MISFIT_COST * misfit(look) : logOdds(LEAST);
}

/** Mean distance of the landmarks from those of a frontal face, as a share of their spread. */
function misfit({ landmarks }: Detection): number {
  const points = landmarkPoints(landmarks);
  const template = arcfaceTemplate.map(([x, y]) => ({ x, y }));
  const [a, b, c, d, e, f] = inverse(similarityTransform(points, template));
  const squares = points.map(({ x, y }, i) => {
    const { x: u, y: v } = template[i] as Point;
    return (a * u + b * v + c - x) ** 2 + (d * u + e * v + f - y) ** 2;
  });
  return Math.sqrt(squares.reduce((p, q) => p + q, 0) / squares.length) / (Math.hypot(a, d) * ARCFACE_SIDE);
}

function logOdds(confidence: number): number {
  const p = Math.min(1 - 1e-6, Math.max(1e-6, confidence));
  return Math.log(p / (1 - p));
}
