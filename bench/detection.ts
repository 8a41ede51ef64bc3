/** Face detection in photographs of 2 megapixels, without decoding, on one thread as in each worker. */
import { lookDefaults } from "../src/faces/facenet.ts";
import { defaultJob, loadPipeline } from "./load-pipeline.ts";
import { type Bench, msEach, race, speedOf } from "./measure.ts";
import { readPixels, samplePaths } from "./samples.ts";

const minFaceSizes = [lookDefaults.minFaceSize, 20];
const TARGET_MS = 60;

export const detection: Bench = async () => {
  const pictures = await readPixels(samplePaths);
  const pipeline = await loadPipeline();
  const detectAll = async (minFaceSize: number): Promise<void> => {
    for (const picture of pictures) await pipeline.run(defaultJob(picture, "detect", minFaceSize));
  };
  const nameOf = (minFaceSize: number) => `minFaceSize ${minFaceSize}`;
  const entries = minFaceSizes.map((size) => [nameOf(size), () => detectAll(size)] as const);
  const lapsOf = await race(Object.fromEntries(entries), { rounds: 9 });
  await pipeline.dispose();
  const [first] = entries.map(([name]) => name);
  return entries.map(([name], i) => ({
    name,
    unit: "ms a photograph",
    value: msEach(lapsOf(name), pictures.length),
    ...(i === 0
      ? { target: { of: "value", limit: "at most", number: TARGET_MS } as const }
      : { speed: { times: speedOf(lapsOf(name), lapsOf(first ?? "")), as: "the default" } }),
  }));
};
