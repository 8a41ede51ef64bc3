/** MobileFaceNet 192-D (sirius-ai) from a TensorFlow Lite file. Input [n, 3, 112, 112]. */
import { GraphBuilder } from "../../src/engine/graph/graph-builder.ts";
import { readTflite, TfliteOp, type TfliteTensor } from "./tflite.ts";

const elementwise = new Map<number, string>([
  [TfliteOp.add, "Add"],
  [TfliteOp.mul, "Mul"],
  [TfliteOp.sub, "Sub"],
]);

export function convertSiriusMobilefacenet(bytes: Uint8Array): Uint8Array {
  const { tensors, operators, inputs, outputs } = readTflite(bytes);
  const graph = new GraphBuilder();
  const names = new Map<number, string>([[inputs[0] as number, "image"]]);
  const tensor = (index: number) => tensors[index] as TfliteTensor;
  const constants = new Map<number, string>();
  /** Per-channel constants sit on TensorFlow's last axis, ONNX's second. */
  const operand = (index: number): string => {
    const { values } = tensor(index);
    if (!values) return names.get(index) as string;
    const known = constants.get(index) ?? graph.weight(values.length === 1 ? [] : [values.length, 1, 1], values);
    constants.set(index, known);
    return known;
  };
  /** TensorFlow Lite fuses the activation into the operator: 0 none, 1 ReLU. */
  const activate = (x: string, activation: number): string => {
    if (activation > 1) throw new Error(`tflite: activation ${activation} is not converted`);
    return activation === 1 ? graph.op("Relu", [x]) : x;
  };

  for (const { code, inputs: ins, outputs: outs, options } of operators) {
    const [a, b, c] = ins as [number, number, number];
    let y: string;
    if (code === TfliteOp.conv2d || code === TfliteOp.depthwiseConv2d) {
      const depthwise = code === TfliteOp.depthwiseConv2d;
      const { shape, values } = tensor(b);
      const [o, h, w, i] = shape as [number, number, number, number];
      // conv: [out, h, w, in]; depthwise: [1, h, w, channels]. Both become TensorFlow's [h, w, in, out].
      const kernel = depthwise
        ? convKernel({ shape: [h, w, 1, i], values: values as Float32Array })
        : convKernel({ shape: [h, w, i, o], values: outLast(values as Float32Array, o) });
      const operands = [names.get(a) as string, graph.weight(kernel.dims, kernel.values)];
      const bias = c >= 0 ? tensor(c).values : undefined;
      if (bias) operands.push(graph.weight([bias.length], bias));
      y = graph.op("Conv", operands, {
        kernel_shape: [h, w],
        strides: [options?.int32(2) || 1, options?.int32(1) || 1],
        auto_pad: options?.int8(0) === 0 ? "SAME_UPPER" : "VALID",
        group: depthwise ? i : 1,
      });
      y = activate(y, options?.int8(depthwise ? 4 : 3) ?? 0);
    } else if (elementwise.has(code)) {
      y = activate(graph.op(elementwise.get(code) as string, [operand(a), operand(b)]), options?.int8(0) ?? 0);
    } else if (code === TfliteOp.relu) y = graph.op("Relu", [names.get(a) as string]);
    else if (code === TfliteOp.abs) y = graph.op("Abs", [names.get(a) as string]);
    else if (code === TfliteOp.reshape) y = graph.op("Flatten", [names.get(a) as string], { axis: 1 });
    else throw new Error(`tflite: operator ${code} is not converted`);
    names.set(outs[0] as number, y);
  }
  graph.op("Identity", [names.get(outputs[0] as number) as string], {}, "embedding");
  return graph.build({ image: ["n", 3, 112, 112] }, { embedding: ["n", 192] });
}

/** [out, rest] to [rest, out]. */
function outLast(values: Float32Array, outputs: number): Float32Array {
  const rest = values.length / outputs;
  const moved = new Float32Array(values.length);
  for (let o = 0; o < outputs; o++) for (let r = 0; r < rest; r++) moved[r * outputs + o] = values[o * rest + r] as number;
  return moved;
}

/** A convolution kernel from TensorFlow's [height, width, in, out] to ONNX's [out, in, height, width]. */
function convKernel({ shape: [h, w, i, o], values }: { shape: readonly [number, number, number, number]; values: Float32Array }) {
  const out = new Float32Array(values.length);
  for (let y = 0; y < h; y++)
    for (let x = 0; x < w; x++)
      for (let c = 0; c < i; c++)
        for (let k = 0; k < o; k++) out[((k * i + c) * h + y) * w + x] = values[((y * w + x) * i + c) * o + k] as number;
  return { dims: [o, i, h, w], values: out };
}
