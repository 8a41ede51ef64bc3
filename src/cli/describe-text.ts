/** Networks, or the layers of one network in the format of FaceNet's tables. */
import { describe, type NetworkDescription, type NetworkList } from "../operations/describe.ts";
import { answerCommand } from "./command.ts";
import { right, tableLines } from "./tables.ts";

const counts = [right("parameters"), right("multiply-adds")];
const networkColumns = ["network", right("image"), ...counts, "published", right("embedding"), "description"];
const layerColumns = ["layer", "type", right("size in"), right("size out"), "kernel", ...counts];

export const describeCommand = answerCommand(describe, { text: describeText });

export function describeText(result: NetworkList | NetworkDescription): string {
  return ("networks" in result ? networkLines(result) : layerLines(result)).join("\n");
}

function networkLines({ networks }: NetworkList): string[] {
  const rows = networks.map(({ network, summary, input, dimensions, parameters, multiplyAdds, published }) => [
    network,
    `${input.width}x${input.height}`,
    shortCount(parameters),
    shortCount(multiplyAdds),
    [published?.parameters, published?.multiplyAdds].filter(Boolean).join(", "),
    `${dimensions}-D`,
    summary,
  ]);
  return [...tableLines(networkColumns, rows), "", "Multiply-adds are per image. `facenet describe NETWORK` shows its layers."];
}

function layerLines({ network, summary, layers, parameters, multiplyAdds, published }: NetworkDescription): string[] {
  const shown = layers.filter(({ kind }) => kind !== "ReLU");
  const rows = shown.map((layer) => [
    layer.name,
    layer.kind,
    sizeText(layer.input),
    sizeText(layer.output),
    layer.kernel ? `${layer.kernel.height}x${layer.kernel.width}, ${layer.kernel.stride}` : "",
    shortCount(layer.parameters),
    layer.multiplyAdds === 0 ? "" : shortCount(layer.multiplyAdds),
  ]);
  const total = ["total", "", "", "", "", shortCount(parameters), shortCount(multiplyAdds)];
  const figures = [
    ...(published?.parameters ? [`${published.parameters} parameters`] : []),
    ...(published?.multiplyAdds ? [`${published.multiplyAdds} multiply-adds`] : []),
  ];
  return [
    `${network}: ${summary}`,
    "",
    ...tableLines(layerColumns, [...rows, total]),
    "",
    `${thousands(parameters)} parameters, including biases; ${thousands(multiplyAdds)} multiply-adds per image. ReLUs are not listed.`,
    ...(published ? [`Published: ${figures.join(", ")} (${published.source}).`] : []),
  ];
}

/** Height x width x channels, as in the paper. */
function sizeText(size: readonly number[]): string {
  const [channels, height, width] = size;
  return height === undefined ? `1x1x${channels}` : `${height}x${width}x${channels}`;
}

/** At most three digits: 9.47K, 115M, 1.61B. */
function shortCount(value: number): string {
  const [unit, size] = value >= 1e9 ? ["B", 1e9] : value >= 1e6 ? ["M", 1e6] : value >= 1e3 ? ["K", 1e3] : ["", 1];
  const scaled = value / (size as number);
  const rounded = unit === "" ? String(value) : Number(scaled.toPrecision(3)).toString();
  return `${rounded}${unit}`;
}

function thousands(value: number): string {
  return value.toLocaleString("en-US");
}
