/**
 * MTCNN (Zhang et al., "Joint Face Detection and Alignment using Multi-task Cascaded Convolutional
 * Networks", 2016): a small network slides over an image pyramid, two larger ones look again at what it finds.
 * Thresholds and factor are those of the FaceNet reference implementation's detect_face.
 */
import type { OnnxNetwork } from "../../engine/onnx-network.ts";
import type { Pyramid } from "../../image/pyramid.ts";
import { warp } from "../../image/warp.ts";
import { type Candidate, type Correction, corrected, squared, withoutOverlaps } from "./candidate.ts";
import type { Detector } from "./detector.ts";
import { locate, mtcnnScaling, refine } from "./refinement.ts";

/** Side of the square that P-Net judges, and its stride, in pixels of a pyramid level. */
const CELL = 12;
const STRIDE = 2;
/** From one level of the pyramid to the next. */
const FACTOR = 0.709;
const PROPOSAL_LIMIT = 0.6;
const REFINEMENT_LIMIT = 0.7;

export type MtcnnNetworks = { readonly pnet: OnnxNetwork; readonly rnet: OnnxNetwork; readonly onet: OnnxNetwork };

export function createMtcnn(id: string, networks: MtcnnNetworks): Detector {
  return {
    id,
    async detect(pyramid, { minFaceSize, minConfidence }) {
      const proposals = await propose(networks.pnet, pyramid, minFaceSize);
      const refined = await refine(networks.rnet, pyramid, proposals, REFINEMENT_LIMIT);
      return locate(networks.onet, pyramid, refined, minConfidence);
    },
    async dispose() {
      await Promise.all([networks.pnet, networks.rnet, networks.onet].map((network) => network.dispose()));
    },
  };
}

/** P-Net over the pyramid: squares that may hold a face of at least `minFaceSize`. */
async function propose(pnet: OnnxNetwork, pyramid: Pyramid, minFaceSize: number): Promise<Candidate[]> {
  const found: Candidate[] = [];
  const { image } = pyramid;
  for (let scale = CELL / Math.max(CELL, minFaceSize); Math.min(image.width, image.height) * scale >= CELL; scale *= FACTOR) {
    const width = Math.ceil(image.width * scale);
    const height = Math.ceil(image.height * scale);
    const data = new Float32Array(3 * width * height);
    warp(pyramid, [image.width / width, 0, 0, 0, image.height / height, 0], { width, height, scaling: mtcnnScaling, out: data });
    const { probability, regression } = await pnet.run({ image: { data, dims: [1, 3, height, width] } });
    if (!probability || !regression) continue;
    const [, , rows, columns] = probability.dims as [number, number, number, number];
    const cells = rows * columns;
    const proposals: (Candidate & { correction: Correction })[] = [];
    for (let cell = 0; cell < cells; cell++) {
      const confidence = probability.data[cells + cell] as number;
      if (confidence < PROPOSAL_LIMIT) continue;
      const left = ((cell % columns) * STRIDE) / scale;
      const top = (Math.floor(cell / columns) * STRIDE) / scale;
      const correction = [0, 1, 2, 3].map((k) => regression.data[k * cells + cell] as number) as unknown as Correction;
      proposals.push({ left, top, right: left + CELL / scale, bottom: top + CELL / scale, confidence, correction });
    }
    for (const proposal of withoutOverlaps(proposals, 0.5)) found.push(squared(corrected(proposal, proposal.correction)));
  }
  return withoutOverlaps(found, 0.7);
}
