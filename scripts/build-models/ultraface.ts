/**
 * UltraFace RFB (Linzaer's Ultra-Light-Fast-Generic-Face-Detector) cut before its anchors: the shipped file
 * fixes 320 x 240 and decodes boxes inside; ours takes any size and gives scores and raw regressions.
 */
import { type Model, valueInfo } from "../../src/engine/graph/onnx-model.ts";

const SCORES = "461"; // [n, anchors, 2] logits
const REGRESSION = "462"; // [n, anchors, 4]

export function cutUltraface(model: Model): void {
  const { graph } = model;
  const needed = new Set([SCORES, REGRESSION]);
  graph.node = graph.node
    .toReversed()
    .filter((node) => {
      const wanted = node.output.some((name) => needed.has(name));
      if (wanted) for (const name of node.input) needed.add(name);
      return wanted;
    })
    .toReversed();
  graph.initializer = graph.initializer.filter(({ name }) => needed.has(name));
  rename(graph.node, SCORES, "scores");
  rename(graph.node, REGRESSION, "regression");
  rename(graph.node, "input", "image");
  graph.input = [valueInfo("image", ["n", 3, "h", "w"])];
  graph.output = [valueInfo("scores", ["n", "anchors", 2]), valueInfo("regression", ["n", "anchors", 4])];
}

function rename(nodes: Model["graph"]["node"], from: string, to: string): void {
  for (const node of nodes) {
    node.input = node.input.map((name) => (name === from ? to : name));
    node.output = node.output.map((name) => (name === from ? to : name));
  }
}
