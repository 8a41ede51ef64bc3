import * as z from "zod";
import { planNetwork } from "../engine/graph/network.ts";
import { findNetwork, networks } from "../models/networks/registry.ts";
import { defineAnswer } from "./operation.ts";

const Published = z.object({
  parameters: z.string().optional(),
  multiplyAdds: z.string().optional(),
  source: z.string(),
});

const count = z.int().nonnegative();

/** Key figures of a network. */
export const NetworkSummary = z.object({
  network: z.string(),
  summary: z.string(),
  input: z.object({ width: count, height: count }).describe("size of the three-channel input in pixels"),
  dimensions: count.describe("embedding size"),
  parameters: count.describe("number of trainable parameters"),
  multiplyAdds: count.describe("multiply-add operations per image; the paper's FLOPS"),
  published: Published.optional().describe("figures published by its authors"),
});
export type NetworkSummary = z.infer<typeof NetworkSummary>;

const Size = z.array(count).describe("[channels, height, width] of a feature map, [size] of a vector");

export const NetworkDescription = NetworkSummary.extend({
  layers: z.array(
    z.object({
      name: z.string(),
      kind: z.string(),
      input: Size,
      output: Size,
      kernel: z.object({ height: count, width: count, stride: count }).optional(),
      parameters: count,
      multiplyAdds: count,
    }),
  ),
});
export type NetworkDescription = z.infer<typeof NetworkDescription>;

export const NetworkList = z.object({ networks: z.array(NetworkSummary) });
export type NetworkList = z.infer<typeof NetworkList>;

export const describe = defineAnswer({
  name: "describe",
  summary: "Lists the trainable networks, or shows the layers of one",
  positionals: ["network"],
  examples: [
    { command: "facenet describe", says: "all networks with their sizes" },
    { command: "facenet describe nn1", says: "the layer table in the format of the FaceNet paper" },
    { command: "facenet describe nn2 --json", says: "{parameters, multiplyAdds, layers, …}" },
  ],
  input: z.strictObject({ network: z.string().optional().describe("network whose layers to show") }),
  output: z.union([NetworkList, NetworkDescription]),
  run: async ({ network }) =>
    network === undefined ? { networks: networks.map(summaryOf) } : descriptionOf(findNetwork(network)),
});

function summaryOf(network: (typeof networks)[number]): NetworkSummary {
  const { dimensions, parameterCount, multiplyAdds } = planNetwork(network);
  const { name, summary, input, published } = network;
  return { network: name, summary, input, dimensions, parameters: parameterCount, multiplyAdds, ...(published && { published }) };
}

function descriptionOf(network: (typeof networks)[number]): NetworkDescription {
  const layers = planNetwork(network).rows.map(({ kernel, input, output, ...row }) => {
    const [height, width, stride] = kernel ?? [];
    const window = height !== undefined && width !== undefined && stride !== undefined && { kernel: { height, width, stride } };
    return { ...row, input: [...input], output: [...output], ...window };
  });
  return { ...summaryOf(network), layers };
}
