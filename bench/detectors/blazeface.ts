/**
 * BlazeFace, the "back" model of MediaPipe (Bazarevsky et al., "BlazeFace", 2019): 256 x 256, 896 anchors, boxes and
 * six key points. Limits are those of its authors: 0.65 for the back camera's model, overlap 0.3.
 */

import type { FloatTensor, OnnxNetwork } from "../../src/engine/onnx-network.ts";
import { type Candidate, withoutOverlaps } from "../../src/faces/detection/candidate.ts";
import type { Pyramid } from "../../src/image/pyramid.ts";
import { type PixelScaling, warp } from "../../src/image/warp.ts";
import type { Found } from "./scoring.ts";

const SIDE = 256;
const LIMIT = 0.65;
const SAME_FACE = 0.3;
const scaling: PixelScaling = { mean: [127.5, 127.5, 127.5], scale: 1 / 127.5, channels: "rgb" };
const LAYERS = [
  { cells: 16, anchors: 2, scores: "Identity:0", boxes: "Identity_2:0" },
  { cells: 8, anchors: 6, scores: "Identity_1:0", boxes: "Identity_3:0" },
] as const;
const VALUES = 16;

type Square = { readonly x: number; readonly y: number; readonly side: number };

/** The whole photograph in one look, its longer side scaled to 256. */
export async function blazeface(network: OnnxNetwork, pyramid: Pyramid): Promise<Found[]> {
  const { width, height } = pyramid.image;
  return withoutOverlaps(await lookAt(network, pyramid, { x: 0, y: 0, side: Math.max(width, height) }), SAME_FACE);
}

/** The same, and looks at overlapping squares for what is too small in it. */
export async function blazefaceTiled(
  network: OnnxNetwork,
  pyramid: Pyramid,
  { side, step }: { side: number; step: number },
): Promise<Found[]> {
  const { width, height } = pyramid.image;
  const found = await lookAt(network, pyramid, { x: 0, y: 0, side: Math.max(width, height) });
  const starts = (length: number) =>
    Array.from({ length: Math.max(1, Math.ceil((length - side) / step) + 1) }, (_, i) =>
      Math.max(0, Math.min(i * step, length - side)),
    );
  for (const y of starts(height)) for (const x of starts(width)) found.push(...(await lookAt(network, pyramid, { x, y, side })));
  return withoutOverlaps(found, SAME_FACE);
}

async function lookAt(network: OnnxNetwork, pyramid: Pyramid, { x, y, side }: Square): Promise<Found[]> {
  const planes = new Float32Array(3 * SIDE * SIDE);
  warp(pyramid, [side / SIDE, 0, x, 0, side / SIDE, y], { width: SIDE, height: SIDE, scaling, out: planes });
  const data = new Float32Array(planes.length);
  for (let c = 0; c < 3; c++) for (let i = 0; i < SIDE * SIDE; i++) data[3 * i + c] = planes[c * SIDE * SIDE + i] as number;
  const outputs = await network.run({ "input:0": { data, dims: [1, SIDE, SIDE, 3] } });
  return LAYERS.flatMap(({ cells, anchors, scores, boxes }) => {
    const logits = (outputs[scores] as FloatTensor).data;
    const values = (outputs[boxes] as FloatTensor).data;
    const found: (Candidate & Found)[] = [];
    for (let i = 0; i < logits.length; i++) {
      const confidence = 1 / (1 + Math.exp(-(logits[i] as number)));
      if (confidence < LIMIT) continue;
      const cell = Math.floor(i / anchors);
      const value = (k: number) => ((values[i * VALUES + k] as number) / SIDE) * side;
      const anchorX = x + (((cell % cells) + 0.5) / cells) * side;
      const anchorY = y + ((Math.floor(cell / cells) + 0.5) / cells) * side;
      const point = (k: number) => ({ x: anchorX + value(4 + 2 * k), y: anchorY + value(5 + 2 * k) });
      const [centreX, centreY] = [anchorX + value(0), anchorY + value(1)];
      const [halfWidth, halfHeight] = [value(2) / 2, value(3) / 2];
      found.push({
        left: centreX - halfWidth,
        right: centreX + halfWidth,
        top: centreY - halfHeight,
        bottom: centreY + halfHeight,
        confidence,
        // The person's right eye is the viewer's left.
        points: [point(0), point(1), point(2), point(3)],
      });
    }
    return found;
  });
}
