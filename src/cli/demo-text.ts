/** Summary of `facenet demo`; the page shows everything. */
import type * as z from "zod";
import type { demo } from "../operations/demo.ts";
import { counted } from "./counted.ts";
import type { Outcome } from "./outcome.ts";

type DemoResult = z.output<(typeof demo)["output"]>;

export function demoText({ file, photographs, faces, groups }: DemoResult): string {
  const repeated = groups.filter(({ size }) => size > 1);
  return [
    `${file}: ${counted(faces, "face")} in ${counted(photographs, "photograph")}, ${counted(groups.length, "person", "people")}.`,
    ...repeated.map(({ size, faces: members }, i) => {
      const places = members.map(({ image, index }) => `${image} (face ${index})`);
      return `person ${i + 1}, ${size} times:\n  ${places.join("\n  ")}`;
    }),
  ].join("\n");
}

export const demoOutcome = ({ photographs, failures }: DemoResult): Outcome => ({ done: photographs, failures });
