/** Summary of `facenet demo`; the page shows everything. */
import type * as z from "zod";
import { demo } from "../operations/demo.ts";
import { answerCommand } from "./command.ts";
import { counted } from "./counted.ts";

export const demoCommand = answerCommand(demo, {
  text: demoText,
  outcome: ({ photographs, failures }) => ({ done: photographs, failures }),
});

function demoText({ file, photographs, faces, groups }: z.output<typeof demo.output>): string {
  const repeated = groups.filter(({ size }) => size > 1);
  return [
    `${file}: ${counted(faces, "face")} in ${counted(photographs, "photograph")}, ${counted(groups.length, "person", "people")}.`,
    ...repeated.map(({ size, faces: members }, i) => {
      const places = members.map(({ image, index }) => `${image} (face ${index})`);
      return `person ${i + 1}, ${size} times:\n  ${places.join("\n  ")}`;
    }),
  ].join("\n");
}
