/** Reads the weights of a TensorFlow.js "weights manifest": shards of floats or of quantised bytes. */
import { z } from "zod";

const Entry = z.object({
  name: z.string(),
  shape: z.array(z.number()),
  dtype: z.string(),
  quantization: z.object({ dtype: z.literal("uint8"), scale: z.number(), min: z.number() }).optional(),
});
const Manifest = z.array(z.object({ paths: z.array(z.string()), weights: z.array(Entry) }));

export type Weight = { shape: number[]; values: Float32Array };

/** Weights by name. `shard` returns the bytes of a file beside the manifest. */
export function readTfjsWeights(manifestJson: string, shard: (path: string) => Uint8Array): Map<string, Weight> {
  const weights = new Map<string, Weight>();
  for (const group of Manifest.parse(JSON.parse(manifestJson))) {
    const bytes = Buffer.concat(group.paths.map(shard));
    let offset = 0;
    for (const { name, shape, quantization } of group.weights) {
      const count = shape.reduce((a, b) => a * b, 1);
      const size = quantization ? count : count * 4;
      const slice = bytes.subarray(offset, offset + size);
      const values = quantization
        ? Float32Array.from(slice, (code) => code * quantization.scale + quantization.min)
        : new Float32Array(Uint8Array.from(slice).buffer);
      weights.set(name, { shape, values });
      offset += size;
    }
    if (offset !== bytes.length) throw new Error(`shards hold ${bytes.length} bytes, their manifest describes ${offset}`);
  }
  return weights;
}

/** A convolution kernel from TensorFlow's [height, width, in, out] to ONNX's [out, in, height, width]. */
export function convKernel(
  { shape, values }: Weight,
  { transposeSpatial = false } = {},
): { dims: number[]; values: Float32Array } {
  const [h, w, i, o] = shape as [number, number, number, number];
  const [rows, columns] = transposeSpatial ? [w, h] : [h, w];
  const out = new Float32Array(values.length);
  for (let y = 0; y < h; y++)
    for (let x = 0; x < w; x++)
      for (let c = 0; c < i; c++)
        for (let k = 0; k < o; k++) {
          const [row, column] = transposeSpatial ? [x, y] : [y, x];
          out[((k * i + c) * rows + row) * columns + column] = values[((y * w + x) * i + c) * o + k] as number;
        }
  return { dims: [o, i, rows, columns], values: out };
}
