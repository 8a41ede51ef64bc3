/**
 * Finding faces in a photograph: which scales to look at, when to look closer, and which way up each face is.
 *
 * Two looks at the whole photograph find faces from a few per cent of its side to all of it. Small candidates in a
 * photograph that was scaled down call for a third look in more detail, in tiles. Each face is
 * looked at again alone and in four turns: the network finds faces that lie on their side or upside down too, but
 * puts the landmarks of an upright face on them.
 */
import type { OnnxNetwork } from "../../engine/onnx-network.ts";
import type { Affine } from "../../image/warp.ts";
import type { Detection } from "../../schemas/face.ts";
import type { Box } from "../../schemas/geometry.ts";
import { type Photograph, photographOf } from "../photograph.ts";
import type { Detector } from "./detector.ts";
import { overlapOfSmaller, overlapOfUnion, withoutOverlaps } from "./overlap.ts";
import { createRetinaface, type Look, type LookAt } from "./retinaface.ts";

/** Longer sides of a 4:3 photograph as the first two looks see it; others get as many pixels. */
const WHOLE_LOOKS = [256, 1024] as const;
/** A minimum size above this does not make the looks coarser, one below adds a look. */
const USUAL_SIZE = 40;
/** Side of the smallest wanted face in the input, where the photograph is small enough for it. */
const ENLARGED = 51;
/** An input of this side shows the largest faces too: the coarser look adds nothing. */
const ONE_LOOK = 448;
/** Candidates smaller than this in the input call for a closer look, in which the smallest wanted face has `CLOSER` pixels. */
const SMALL_CANDIDATE = { side: 32, confidence: 0.15 } as const;
const CLOSER = 24;
/** Side of a tile of the closer look and what it shares with the next, in pixels of the input. */
const TILE = { side: 1024, shared: 128 } as const;
/** Looks for turned faces where nothing was found upright. */
const TURNED_LOOK = 512;
/** Boxes of one face overlap by more than this share of their union. */
const SAME_FACE = 0.4;
/** A box that lies within a surer one to this share is a part of that face, found at another scale. */
const PART_OF_FACE = 0.75;
/** What one look must give a candidate. */
const CANDIDATE = 0.3;
/** The single look: side of the input, and the share of it that the face's box takes. */
const SINGLE = { side: 160, share: 0.55 } as const;
/** Log odds by which a turned look must be surer than the upright one. */
const TURN_MARGIN = 0.3;

type Turn = 0 | 1 | 2 | 3;
type Candidate = Detection & { readonly inputSide: number };

export function createRetinafaceDetector(id: string, network: OnnxNetwork): Detector {
  const lookAt = createRetinaface(network);
  return {
    id,
    async detect(pyramid, { minFaceSize, minConfidence }) {
      const photograph = photographOf(pyramid);
      const found = await lookAll(lookAt, photograph, minFaceSize);
      let faces = await verifyAll(lookAt, photograph, found);
      if (!faces.some(({ confidence }) => confidence >= minConfidence)) {
        faces = await verifyAll(lookAt, photograph, merged(await lookTurned(lookAt, photograph)));
      }
      return withoutOverlaps(faces, SAME_FACE).filter(
        ({ box, confidence }) => confidence >= minConfidence && Math.max(box.width, box.height) >= minFaceSize,
      );
    },
    dispose: () => network.dispose(),
  };
}

/** Scale at which a photograph has as many pixels as one of 4:3 with this longer side. */
const scaleFor = (longerSide: number, { width, height }: Box | Photograph): number =>
  longerSide / Math.sqrt((width * height * 4) / 3);

async function lookAll(lookAt: LookAt, photograph: Photograph, minFaceSize: number): Promise<Candidate[]> {
  const usual = Math.max(minFaceSize, USUAL_SIZE);
  const coarse = Math.min(scaleFor(WHOLE_LOOKS[0], photograph), ENLARGED / usual);
  const fine = Math.min(scaleFor(WHOLE_LOOKS[1], photograph), ENLARGED / usual);
  const scales = fine * Math.max(photograph.width, photograph.height) <= ONE_LOOK ? [fine] : [fine, coarse];
  const looks = await Promise.all(scales.map((scale) => lookWhole(lookAt, photograph, scale, 0)));
  const candidates = looks.flat();
  const finest = Math.max(...scales);
  const closer = Math.min(minFaceSize < USUAL_SIZE ? ENLARGED / minFaceSize : Math.min(1, CLOSER / minFaceSize), 4 * finest);
  const isWanted = minFaceSize < USUAL_SIZE || candidates.some(({ inputSide }) => inputSide < SMALL_CANDIDATE.side);
  if (isWanted && closer > 1.2 * finest) candidates.push(...(await lookInTiles(lookAt, photograph, closer)));
  return merged(candidates);
}

/** The whole photograph at one scale, turned by quarters. */
async function lookWhole(lookAt: LookAt, photograph: Photograph, scale: number, turn: Turn): Promise<Candidate[]> {
  const { width, height } = photograph;
  const [w, h] = turn % 2 === 0 ? [width, height] : [height, width];
  const look = turnedLook({ x: width / 2, y: height / 2 }, w * scale, h * scale, scale, turn);
  return lookOnce(lookAt, photograph, look, scale);
}

async function lookInTiles(lookAt: LookAt, photograph: Photograph, scale: number): Promise<Candidate[]> {
  const step = (TILE.side - TILE.shared) / scale;
  const side = TILE.side / scale;
  const starts = (length: number): number[] => {
    const count = Math.max(1, Math.ceil((length - side) / step) + 1);
    return Array.from({ length: count }, (_, i) => (count === 1 ? 0 : (i * (length - side)) / (count - 1)));
  };
  const found: Candidate[] = [];
  for (const y of starts(photograph.height)) {
    for (const x of starts(photograph.width)) {
      const [width, height] = [Math.min(side, photograph.width - x), Math.min(side, photograph.height - y)];
      const look: Look = { toImage: [1 / scale, 0, x, 0, 1 / scale, y], width: width * scale, height: height * scale };
      found.push(...(await lookOnce(lookAt, photograph, look, scale)));
    }
  }
  return found;
}

async function lookTurned(lookAt: LookAt, photograph: Photograph): Promise<Candidate[]> {
  const scale = Math.min(scaleFor(TURNED_LOOK, photograph), ENLARGED / USUAL_SIZE);
  const looks = await Promise.all(([1, 2, 3] as const).map((turn) => lookWhole(lookAt, photograph, scale, turn)));
  return looks.flat();
}

async function lookOnce(lookAt: LookAt, photograph: Photograph, look: Look, scale: number): Promise<Candidate[]> {
  const found = await lookAt(await photograph.pixels(scale), [look], SMALL_CANDIDATE.confidence);
  return (found[0] ?? []).map((face) => ({ ...face, inputSide: Math.max(face.box.width, face.box.height) * scale }));
}

/** An input of `width` x `height` around a point of the photograph, turned clockwise by quarters. */
function turnedLook(centre: { x: number; y: number }, width: number, height: number, scale: number, turn: Turn): Look {
  const cos = [1, 0, -1, 0][turn] as number;
  const sin = [0, 1, 0, -1][turn] as number;
  const [a, b, d, e] = [cos / scale, -sin / scale, sin / scale, cos / scale];
  const toImage: Affine = [a, b, centre.x - (a * width + b * height) / 2, d, e, centre.y - (d * width + e * height) / 2];
  return { toImage, width, height };
}

/** One candidate for each face: without weak ones, second boxes, and parts of a face that a coarser look has found whole. */
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

async function verifyAll(lookAt: LookAt, photograph: Photograph, candidates: readonly Candidate[]): Promise<Detection[]> {
  const faces: Detection[] = [];
  for (const { inputSide: _, ...face } of candidates) {
    faces.push(await verify(lookAt, photograph, face));
  }
  return faces;
}

/**
 * Looks at one face alone, in four turns. Its confidence becomes the mean of both looks; where it is surer turned,
 * box and landmarks are those of the turned look.
 */
async function verify(lookAt: LookAt, photograph: Photograph, face: Detection): Promise<Detection> {
  const { box, confidence } = face;
  const scale = (SINGLE.side * SINGLE.share) / Math.max(box.width, box.height);
  const centre = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  const looks = ([0, 1, 2, 3] as const).map((turn) => turnedLook(centre, SINGLE.side, SINGLE.side, scale, turn));
  const found = await lookAt(await photograph.pixels(scale), looks, 0.02);
  const best = found.map((faces) => {
    const own = faces.filter((other) => overlapOfUnion(other.box, box) > 0.3);
    return own.reduce<Detection | undefined>((a, b) => (a && a.confidence >= b.confidence ? a : b), undefined);
  });
  const upright = best[0]?.confidence ?? 0.02;
  const surest = best.reduce((a, b) => ((b?.confidence ?? 0) > (a?.confidence ?? 0) ? b : a), undefined);
  if (!surest) return { ...face, confidence: confidence / 2 };
  const isTurned = logOdds(surest.confidence) - logOdds(upright) > TURN_MARGIN;
  return { ...(isTurned ? surest : face), confidence: (confidence + surest.confidence) / 2 };
}

function logOdds(confidence: number): number {
  const p = Math.min(1 - 1e-6, Math.max(1e-6, confidence));
  return Math.log(p / (1 - p));
}
