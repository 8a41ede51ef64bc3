/**
 * Recovers PReLU that a converter has decomposed, as TensorFlow does: relu(x) + w (x - |x|), which is PReLU with slope 2 w. Later
 * passes recognise the single operator.
 */
import { floats, floatTensor, type Model, type Node } from "../../src/engine/graph/onnx-model.ts";

/** Replaces every such group of five operators in place; returns their number. */
export function recoverPrelu(model: Model): number {
  const { graph } = model;
  const weights = new Map(graph.initializer.map((tensor) => [tensor.name, tensor]));
  const producers = new Map(graph.node.map((node) => [node.output[0] as string, node]));
  const made = (name: string | undefined, opType: string): Node | undefined => {
    const node = producers.get(name ?? "");
    return node?.opType === opType ? node : undefined;
  };
  const gone = new Set<Node>();
  graph.node = graph.node.map((add) => {
    if (add.opType !== "Add") return add;
    const relu = made(add.input[0], "Relu");
    const mul = made(add.input[1], "Mul");
    const slope = weights.get(mul?.input[0] ?? "");
    const sub = made(mul?.input[1], "Sub");
    const abs = made(sub?.input[1], "Abs");
    const x = relu?.input[0];
    if (!relu || !mul || !slope || !sub || !abs || x === undefined || sub.input[0] !== x || abs.input[0] !== x) return add;
    for (const node of [relu, mul, sub, abs]) gone.add(node);
    const name = `${slope.name}.slope`;
    if (!weights.has(name)) {
      const tensor = floatTensor(
        name,
        slope.dims,
        floats(slope).map((w) => 2 * w),
      );
      weights.set(name, tensor);
      graph.initializer.push(tensor);
    }
    return { name: add.name, opType: "PRelu", input: [x, name], output: add.output, attribute: [] };
  });
  graph.node = graph.node.filter((node) => !gone.has(node));
  return gone.size / 4;
}
