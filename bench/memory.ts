/** Memory growth over a long stream of photographs: resident set of the process with all threads. */
import { FaceNet } from "../src/faces/facenet.ts";
import { type Bench, type Row, single } from "./measure.ts";
import { lfwPeople, withoutLfw } from "./samples.ts";

const SAMPLE_EVERY = 500;

export const memory: Bench = async ({ data, images }) => {
  const all = (await lfwPeople(data))?.flat();
  if (!all || all.length === 0) return withoutLfw;
  const facenet = await FaceNet.load();
  const sources = Array.from({ length: images }, (_, i) => all[i % all.length] as string);
  const rows: Row[] = [row("resident after load", residentMb())];
  const quarter = Math.ceil(images / 4);
  let done = 0;
  let afterQuarter = 0;
  const start = performance.now();
  for await (const item of facenet.embed(sources)) {
    if (!item.ok) throw item.error;
    done++;
    if (done === quarter) afterQuarter = residentMb();
    if (done % SAMPLE_EVERY === 0) rows.push(row(`resident after ${done} images`, residentMb()));
  }
  const growth = residentMb() - afterQuarter;
  const msAnImage = (performance.now() - start) / images;
  await facenet.dispose();
  return [
    ...rows,
    row(`growth after the first quarter of ${images} images`, growth),
    { ...row("whole path", msAnImage), unit: "ms an image" },
  ];
};

const residentMb = (): number => process.memoryUsage.rss() / 2 ** 20;

const row = (name: string, value: number): Row => ({ name, unit: "MB", value: single(value) });
