/**
 * UltraFace proposes, MTCNN's R-Net frames, its O-Net confirms and finds the landmarks.
 *
 * UltraFace RFB (Linzaer, 2019) is a single-shot detector of 0.1 billion multiply-adds at 320 x 240; here it
 * runs on the whole photograph scaled so that the smallest wanted face meets its smallest anchors. It replaces
 * the image pyramid of MTCNN's first stage at a quarter of its cost (docs/decisions/0003-detector.md). Its boxes
 * sit a little differently from those O-Net was trained on: R-Net moves them there.
 */
import type { OnnxNetwork } from "../../engine/onnx-network.ts";
import type { Pyramid } from "../../image/pyramid.ts";
import { type PixelScaling, warp } from "../../image/warp.ts";
import { type Candidate, squared, withoutOverlaps } from "./candidate.ts";
import type { Detector } from "./detector.ts";
import { locate, refine } from "./refinement.ts";

const scaling: PixelScaling = { mean: [127, 127, 127], scale: 1 / 128, channels: "rgb" };
/** Anchor sides by feature map, in pixels of the network's input. */
const ANCHORS = [
  { stride: 8, sides: [10, 16, 24] },
  { stride: 16, sides: [32, 48] },
  { stride: 32, sides: [64, 96] },
  { stride: 64, sides: [128, 192, 256] },
] as const;
const CENTRE_VARIANCE = 0.1;
const SIZE_VARIANCE = 0.2;
/** Low, for what is no face the next stages reject: 0.4 lost a third of the faces a little smaller than wanted (docs/decisions/0003-detector.md). */
const PROPOSAL_LIMIT = 0.15;
/** R-Net is asked for its correction; what it thinks of the face counts for little here. */
const FRAMING_LIMIT = 0.1;
/** Side of the smallest face the network finds reliably in its input. */
const SMALLEST = 14;
/** Longest side of the input, at least (unless the photograph is smaller) and at most. */
const INPUT_SIDES = { least: 240, most: 1600 } as const;
/** A face that fills a larger input than this is lost; a second, coarser look finds it. */
const COARSE_LOOK = { above: 480, step: 3 } as const;

export type UltrafaceNetworks = { readonly rfb: OnnxNetwork; readonly rnet: OnnxNetwork; readonly onet: OnnxNetwork };

export function createUltraface(id: string, networks: UltrafaceNetworks): Detector {
  return {
    id,
    async detect(pyramid, { minFaceSize, minConfidence }) {
      const proposals = await propose(networks.rfb, pyramid, minFaceSize);
      const framed = await refine(networks.rnet, pyramid, proposals.map(squared), FRAMING_LIMIT);
      return locate(networks.onet, pyramid, framed, minConfidence);
    },
    async dispose() {
      await Promise.all([networks.rfb, networks.rnet, networks.onet].map((network) => network.dispose()));
    },
  };
}

/** Rectangles that UltraFace alone takes for faces of at least `minFaceSize`, the surest first. */
export async function propose(rfb: OnnxNetwork, pyramid: Pyramid, minFaceSize: number): Promise<Candidate[]> {
  const longest = Math.max(pyramid.image.width, pyramid.image.height);
  const wanted = Math.max(SMALLEST / minFaceSize, INPUT_SIDES.least / longest);
  const found: Candidate[] = [];
  let scale = Math.min(1, wanted, INPUT_SIDES.most / longest);
  found.push(...(await proposeAt(rfb, pyramid, scale)));
  while (longest * scale > COARSE_LOOK.above) {
    scale /= COARSE_LOOK.step;
    found.push(...(await proposeAt(rfb, pyramid, scale)));
  }
  return withoutOverlaps(found, 0.3);
}

async function proposeAt(rfb: OnnxNetwork, pyramid: Pyramid, scale: number): Promise<Candidate[]> {
  const { image } = pyramid;
  const width = Math.max(1, Math.round(image.width * scale));
  const height = Math.max(1, Math.round(image.height * scale));
  const data = new Float32Array(3 * width * height);
  warp(pyramid, [image.width / width, 0, 0, 0, image.height / height, 0], { width, height, scaling, out: data });
  const { scores, regression } = await rfb.run({ image: { data, dims: [1, 3, height, width] } });
  if (!scores || !regression) return [];
  const found: Candidate[] = [];
  let anchor = 0;
  for (const { stride, sides } of ANCHORS) {
    const columns = Math.ceil(width / stride);
    const rows = Math.ceil(height / stride);
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        for (const side of sides) {
          const at = anchor++;
          const confidence = 1 / (1 + Math.exp((scores.data[2 * at] as number) - (scores.data[2 * at + 1] as number)));
          if (confidence < PROPOSAL_LIMIT) continue;
          const delta = (k: number) => regression.data[4 * at + k] as number;
          const x = (column + 0.5) * stride + delta(0) * CENTRE_VARIANCE * side;
          const y = (row + 0.5) * stride + delta(1) * CENTRE_VARIANCE * side;
          const w = side * Math.exp(delta(2) * SIZE_VARIANCE);
          const h = side * Math.exp(delta(3) * SIZE_VARIANCE);
          found.push({
            left: ((x - w / 2) / width) * image.width,
            right: ((x + w / 2) / width) * image.width,
            top: ((y - h / 2) / height) * image.height,
            bottom: ((y + h / 2) / height) * image.height,
            confidence,
          });
        }
      }
    }
  }
  if (2 * anchor !== scores.data.length) throw new RangeError(`UltraFace: ${anchor} anchors, ${scores.data.length / 2} scores`);
  return found;
}
