/** What is not sure about a value: a line from low to high with a cap at both ends. */
import { type Markish, ruleX, vector } from "@observablehq/plot";

/** Half the width of a cap, px. */
const CAP = 4;

const cap = {
  draw(context: { moveTo: (x: number, y: number) => void; lineTo: (x: number, y: number) => void }) {
    context.moveTo(-CAP, 0);
    context.lineTo(CAP, 0);
  },
};

/**
 * @param data with the fields `low` and `high`
 * @param x the field that places them
 */
export function intervalMarks(data: readonly object[], x: string, stroke: string): Markish[] {
  const line = { stroke, strokeWidth: 1.5 };
  return [
    ruleX(data, { x, y1: "low", y2: "high", ...line }),
    ...["low", "high"].map((end) => vector(data, { x, y: end, shape: cap, length: 1, anchor: "start", ...line })),
  ];
}
