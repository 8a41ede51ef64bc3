/**
 * Linear head from 512 to 128 dimensions, fitted by scripts/fit-head.ts: its committed weights, and its integration into the
 * network. It is folded into the last fully connected layer, so the smaller embedding is cheaper.
 */
import { floats, floatTensor, readModel, valueInfo, writeModel } from "../../src/engine/graph/onnx-model.ts";

/** y = W x; row-major [size, inputs]. */
export type LinearHead = { readonly size: number; readonly inputs: number; readonly weights: Float32Array };

/** Folds the head into the network's last layer, a 1 x 1 convolution [inputs, channels, 1, 1] with bias. */
export function appendHead(bytes: Uint8Array, { size, inputs, weights }: LinearHead): Uint8Array {
  const model = readModel(bytes);
  const { graph } = model;
  const last = graph.node.at(-2);
  const kernel = graph.initializer.find(({ name }) => name === last?.input[1]);
  const bias = graph.initializer.find(({ name }) => name === last?.input[2]);
  if (last?.opType !== "Conv" || !kernel || !bias || kernel.dims[0] !== inputs)
    throw new Error("head: the network's last layer does not fit");
  const channels = kernel.dims[1] as number;
  const [k, b] = [floats(kernel), floats(bias)];
  const foldedKernel = new Float64Array(size * channels);
  const foldedBias = new Float64Array(size);
  for (let o = 0; o < size; o++) {
    for (let i = 0; i < inputs; i++) {
      const w = weights[o * inputs + i] as number;
      foldedBias[o] = (foldedBias[o] as number) + w * (b[i] as number);
      for (let c = 0; c < channels; c++)
        foldedKernel[o * channels + c] = (foldedKernel[o * channels + c] as number) + w * (k[i * channels + c] as number);
    }
  }
  graph.initializer = graph.initializer.map((tensor) => {
    if (tensor === kernel) return floatTensor(kernel.name, [size, channels, 1, 1], foldedKernel);
    return tensor === bias ? floatTensor(bias.name, [size], foldedBias) : tensor;
  });
  graph.output = [valueInfo("embedding", ["n", size])];
  return writeModel(model);
}

/** Reads committed head weights: little-endian floats, [size, inputs]. */
export function parseHead(bytes: Uint8Array, inputs = 512): LinearHead {
  const weights = new Float32Array(Uint8Array.from(bytes).buffer);
  const size = weights.length / inputs;
  if (!Number.isInteger(size) || size === 0)
    throw new RangeError(`head: ${weights.length} numbers do not make rows of ${inputs}`);
  return { size, inputs, weights };
}
