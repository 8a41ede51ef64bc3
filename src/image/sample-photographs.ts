/** Sample photographs of a checkout. */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { FaceNetError } from "../errors.ts";

/** Development dependency that contains the sample photographs. */
const SAMPLES_PACKAGE = "@vladmandic/face-api";
const SAMPLES = ["sample1.jpg", "sample2.jpg", "sample3.jpg", "sample4.jpg", "sample5.jpg", "sample6.jpg"];

/** Paths of the sample photographs. @throws FaceNetError OPTION_INVALID if the package that contains them is not installed */
export function samplePhotographs(): string[] {
  try {
    const folder = join(dirname(createRequire(import.meta.url).resolve(`${SAMPLES_PACKAGE}/package.json`)), "demo");
    return SAMPLES.map((name) => join(folder, name));
  } catch (error) {
    const reason = `name photographs, for example \`facenet demo *.jpg\`; the samples require the package ${SAMPLES_PACKAGE}, which is not installed`;
    throw new FaceNetError("OPTION_INVALID", { option: "images", reason }, error);
  }
}
