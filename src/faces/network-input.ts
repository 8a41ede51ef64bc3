/** Last steps from sampled faces to the network's input tensor. */
import type { FloatTensor } from "../engine/onnx-network.ts";
import type { PixelInput } from "../schemas/model-manifest.ts";

/** The reference implementation's prewhiten, per face, in place: (x - mean) / max(deviation, 1 / sqrt(count)). */
export function whitenPlanes(faces: Float32Array, faceSize: number): void {
  for (let start = 0; start < faces.length; start += faceSize) {
    const face = faces.subarray(start, start + faceSize);
    let sum = 0;
    for (const value of face) sum += value;
    const mean = sum / faceSize;
    let squares = 0;
    for (const value of face) squares += (value - mean) ** 2;
    const deviation = Math.max(Math.sqrt(squares / faceSize), 1 / Math.sqrt(faceSize));
    for (let i = 0; i < faceSize; i++) face[i] = ((face[i] as number) - mean) / deviation;
  }
}

/** Converts planar faces [count, 3, height, width] to the tensor layout of the model. */
export function toNetworkLayout(faces: Float32Array, count: number, { width, height, layout }: PixelInput): FloatTensor {
  switch (layout) {
    case "nchw":
      return { data: faces, dims: [count, 3, height, width] };
    case "nhwc": {
      const plane = width * height;
      const data = new Float32Array(faces.length);
      for (let n = 0, at = 0; n < count; n++)
        for (let i = 0; i < plane; i++) for (let c = 0; c < 3; c++) data[at++] = faces[(n * 3 + c) * plane + i] as number;
      return { data, dims: [count, height, width, 3] };
    }
    default:
      layout satisfies never;
      throw new TypeError("unknown layout");
  }
}
