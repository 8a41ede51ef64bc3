/** What `facenet demo` found, in a few lines; the page shows it all. */
import type * as z from "zod";
import type { ExitCode } from "../errors.ts";
import type { demo } from "../operations/demo.ts";
import { exitCodeOfBatch } from "./exit-codes.ts";
import { failureLines } from "./run-stream.ts";

type DemoResult = z.output<(typeof demo)["output"]>;

export function demoText({ file, photographs, faces, groups, failures }: DemoResult): string {
  const repeated = groups.filter(({ size }) => size > 1);
  return [
    `${file}: ${faces} faces in ${photographs} photographs, ${groups.length} people.`,
    ...repeated.map(({ size, faces: members }, i) => {
      const places = members.map(({ image, index }) => `${image} (face ${index})`);
      return `person ${i + 1}, ${size} times:\n  ${places.join("\n  ")}`;
    }),
    ...failureLines(failures, photographs + failures.length),
  ].join("\n");
}

export function demoExitCode({ photographs, failures }: DemoResult): ExitCode {
  return exitCodeOfBatch(photographs, failures);
}
