/** Results as Markdown tables. */
import type { Result } from "./compare.ts";

export function markdown(results: readonly Result[]): string {
  const percent = ({ found, of }: { found: number; of: number }) => ((100 * found) / of).toFixed(0);
  const shares = (title: string, unit: string, pick: (result: Result) => Result["recallBySize"]) => {
    const keys = Object.keys(pick(results[0] as Result)).toSorted((a, b) => Number(a) - Number(b));
    const row = (result: Result) => [result.name, ...keys.map((key) => percent(pick(result)[key] ?? { found: 0, of: 1 }))];
    const counts = keys.map((key) => pick(results[0] as Result)[key]?.of ?? 0);
    return `${title} (faces: ${counts.join(", ")})\n\n${table(["detector", ...keys.map((key) => `${key}${unit}`)], results.map(row))}`;
  };
  const others = results.map(
    ({ name, falsePositivesPerPhotograph, falsePositivesPerVariedPhotograph, landmarkError, milliseconds }) => [
      name,
      falsePositivesPerPhotograph.toFixed(2),
      falsePositivesPerVariedPhotograph.toFixed(2),
      landmarkError ? `${(landmarkError.median * 100).toFixed(1)} / ${(landmarkError.p95 * 100).toFixed(1)}` : "none",
      milliseconds.cpu.toFixed(0),
      milliseconds.wall.toFixed(0),
    ],
  );
  return [
    shares("Recall in percent by size of the face", " px", ({ recallBySize }) => recallBySize),
    shares("Recall in percent by rotation", "°", ({ recallByAngle }) => recallByAngle),
    shares("Recall in percent by variant", "", ({ recallByVariant }) => recallByVariant),
    table(
      [
        "detector",
        "false positives a photograph",
        "the same, varied",
        "landmark error, % of eye distance, median / p95",
        "CPU ms",
        "wall ms",
      ],
      others,
    ),
  ].join("\n\n");
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map((_, i) => (i === 0 ? "---" : "---:")), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
}
