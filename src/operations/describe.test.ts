import { expect, test, vi } from "vitest";
import { createContext } from "./context.ts";
import { describe, NetworkDescription, NetworkList } from "./describe.ts";

const context = createContext({ signal: new AbortController().signal, onProgress: vi.fn() });
const run = (input: object) => describe.run(describe.input.parse(input), context);

test("the list has the paper's networks", async () => {
  const { networks } = NetworkList.parse(await run({}));
  expect(networks.map(({ network }) => network)).toEqual(expect.arrayContaining(["nn1", "nn2", "nn3", "nn4", "nns1", "nns2"]));
});

test("layer shapes are consistent and the counts add up", async () => {
  const { layers, parameters, multiplyAdds } = NetworkDescription.parse(await run({ network: "nn1" }));
  for (const [i, { input }] of layers.entries()) if (i > 0) expect(input).toEqual(layers[i - 1]?.output);
  expect(layers.reduce((sum, layer) => sum + layer.parameters, 0)).toBe(parameters);
  expect(layers.reduce((sum, layer) => sum + layer.multiplyAdds, 0)).toBe(multiplyAdds);
});

/** Within two units of the last digit of a figure in the paper, which rounds inconsistently. */
const printedAs = (printed: string) => (value: number) => {
  const [, digits = "", unit = ""] = /^([\d.]+)([KM]?)$/.exec(printed) ?? [];
  const size = { "": 1, K: 1e3, M: 1e6 }[unit] ?? Number.NaN;
  const last = size * 10 ** -(digits.split(".")[1]?.length ?? 0);
  return Math.abs(value - Number(digits) * size) <= 2 * last;
};

// FaceNet, table 1: input, output and kernel, parameters without biases, multiply-adds
test.each([
  ["conv1", [3, 220, 220], [64, 110, 110], "7x7,2", "9K", "115M"],
  ["pool1", [64, 110, 110], [64, 55, 55], "3x3,2", "0", "0"],
  ["rnorm1", [64, 55, 55], [64, 55, 55], "", "0", "0"],
  ["conv2a", [64, 55, 55], [64, 55, 55], "1x1,1", "4K", "13M"],
  ["conv2", [64, 55, 55], [192, 55, 55], "3x3,1", "111K", "335M"],
  ["pool2", [192, 55, 55], [192, 28, 28], "3x3,2", "0", "0"],
  ["conv3a", [192, 28, 28], [192, 28, 28], "1x1,1", "37K", "29M"],
  ["conv3", [192, 28, 28], [384, 28, 28], "3x3,1", "664K", "521M"],
  ["pool3", [384, 28, 28], [384, 14, 14], "3x3,2", "0", "0"],
  ["conv4a", [384, 14, 14], [384, 14, 14], "1x1,1", "148K", "29M"],
  ["conv4", [384, 14, 14], [256, 14, 14], "3x3,1", "885K", "173M"],
  ["conv5a", [256, 14, 14], [256, 14, 14], "1x1,1", "66K", "13M"],
  ["conv5", [256, 14, 14], [256, 14, 14], "3x3,1", "590K", "116M"],
  ["conv6a", [256, 14, 14], [256, 14, 14], "1x1,1", "66K", "13M"],
  ["conv6", [256, 14, 14], [256, 14, 14], "3x3,1", "590K", "116M"],
  ["pool4", [256, 14, 14], [256, 7, 7], "3x3,2", "0", "0"],
  ["fc1", [256, 7, 7], [8192], "", "103M", "103M"],
  ["fc1.maxout", [8192], [4096], "", "0", "0"],
  ["fc2", [4096], [8192], "", "34M", "34M"],
  ["fc7128", [4096], [128], "", "524K", "0.5M"],
])("NN1's %s matches the paper", async (name, input, output, kernel, parameters, multiplyAdds) => {
  const { layers } = NetworkDescription.parse(await run({ network: "nn1" }));
  const layer = layers.find((one) => one.name === name);
  expect(layer).toMatchObject({ input, output });
  const { height, width, stride } = layer?.kernel ?? {};
  expect(layer?.kernel ? `${height}x${width},${stride}` : "").toBe(kernel);
  expect(layer?.parameters).toSatisfy(printedAs(parameters));
  expect(layer?.multiplyAdds).toSatisfy(printedAs(multiplyAdds));
});

// FaceNet, table 2: where a module ends, its parameters without biases, its multiply-adds
test.each([
  ["conv1", [64, 112, 112], "9K", "119M"],
  ["2", [192, 56, 56], "115K", "360M"],
  ["3a", [256, 28, 28], "164K", "128M"],
  ["3b", [320, 28, 28], "228K", "179M"],
  ["3c", [640, 14, 14], "398K", "108M"],
  ["4a", [640, 14, 14], "545K", "107M"],
  ["4b", [640, 14, 14], "595K", "117M"],
  ["4c", [640, 14, 14], "654K", "128M"],
  ["4d", [640, 14, 14], "722K", "142M"],
  ["4e", [1024, 7, 7], "717K", "56M"],
  ["5a", [1024, 7, 7], "1.6M", "78M"],
  ["5b", [1024, 7, 7], "1.6M", "78M"],
  ["fc", [128], "131K", "0.1M"],
])("NN2's %s matches the paper", async (name, output, parameters, multiplyAdds) => {
  const { layers } = NetworkDescription.parse(await run({ network: "nn2" }));
  const module = layers.filter((layer) => layer.name === name || layer.name.startsWith(`${name}.`));
  expect(module.at(-1)?.output).toEqual(output);
  const total = (of: "parameters" | "multiplyAdds") => module.reduce((sum, layer) => sum + layer[of], 0);
  expect(total("parameters")).toSatisfy(printedAs(parameters));
  expect(total("multiplyAdds")).toSatisfy(printedAs(multiplyAdds));
});

test("an unknown network is an error that lists the known ones", async () => {
  await expect(run({ network: "nn9" })).rejects.toThrow(/nn9: unknown\. Known networks: nn1, /);
});
