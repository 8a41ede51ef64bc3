/**
 * Embedding of pre-cropped faces: throughput of `facenet.embed` on raw pixels relative to the bare network. Decoding is excluded,
 * except in rows that name it.
 */
import { availableParallelism } from "node:os";
import { InferenceSession, Tensor } from "onnxruntime-node";
import sharp from "sharp";
import { Embedder } from "../src/faces/embedder.ts";
import { FaceNet } from "../src/faces/facenet.ts";
import { pixelsOf } from "../src/faces/photograph.ts";
import { locateModel, readModelFile } from "../src/models/model-store.ts";
import type { ImageSource, RawPixels } from "../src/schemas/image-source.ts";
import { type Bench, msEach, perSecond, type Row, race, speedOf } from "./measure.ts";
import { sampleCrops } from "./samples.ts";

const models = ["sface.opencv-128", "mobilefacenet.facenet-128"];
/** Faces per round, a multiple of every batch size. */
const FACES = 160;
const batchSizes = [1, 4, 32];
/** Minimum share of each round's fastest bare session, and maximum network time per face on two threads. */
const TARGETS = { share: 0.95, networkMs: 6 } as const;

export const embedding: Bench = async () => {
  const rows: Row[] = [];
  for (const model of models) rows.push(...(await embeddingRows(model)));
  return rows;
};

async function embeddingRows(model: string): Promise<Row[]> {
  const facenet = await FaceNet.load({ model });
  const crops = await sampleCrops(facenet);
  const faces = Array.from({ length: FACES }, (_, i) => crops[i % crops.length] as RawPixels);
  const files = await Promise.all(faces.map(encodePng));
  const bare = await bareSessions(model, faces);
  const streamed = async (sources: readonly ImageSource[]): Promise<void> => {
    for await (const item of facenet.embed(sources, { aligned: true, flip: false })) if (!item.ok) throw item.error;
  };
  const oneByOne = async (): Promise<void> => {
    for (const face of faces) await facenet.embed(face, { aligned: true, flip: false });
  };
  const ours = {
    [`streamed, ${availableParallelism()} workers`]: () => streamed(faces),
    "one call at a time": oneByOne,
    "streamed, decoding PNG": () => streamed(files),
  };
  const lapsOf = await race({ ...bare.contestants, ...ours }, { rounds: 9 });
  await Promise.all([facenet.dispose(), bare.release()]);

  const bareNames = Object.keys(bare.contestants);
  // The strictest baseline, selected in each round, because the fastest bare session depends on the load.
  const fastest = lapsOf(bareName(1, 1)).map((_, round) => Math.min(...bareNames.map((name) => lapsOf(name)[round] as number)));
  const row = (name: string): Row => ({
    name: `${model}: ${name}`,
    unit: "faces/s",
    value: perSecond(lapsOf(name), FACES),
    speed: { times: speedOf(lapsOf(name), fastest), as: "the round's fastest bare session" },
  });
  return [
    ...bareNames.map(row),
    ...Object.keys(ours).map((name, i) =>
      i === 0 ? { ...row(name), target: { of: "speed", limit: "at least", number: TARGETS.share } as const } : row(name),
    ),
    {
      name: `${model}: network alone, 2 threads`,
      unit: "ms a face",
      value: msEach(lapsOf(bareName(2, 1)), FACES),
      target: { of: "value", limit: "at most", number: TARGETS.networkMs },
    },
  ];
}

const bareName = (threads: number, batch: number): string =>
  `bare session, ${threads} ${threads === 1 ? "thread" : "threads"}, batch ${batch}`;

/** onnxruntime-node itself, on tensors created before the clock starts. */
async function bareSessions(model: string, faces: readonly RawPixels[]) {
  const located = await locateModel("embedding", model);
  const { manifest } = located;
  const bytes = await readModelFile(located, manifest.model);
  const data = await networkInputs(manifest, bytes, faces);
  const size = data.length / faces.length;
  const sessions: InferenceSession[] = [];
  const contestants: Record<string, () => Promise<void>> = {};
  for (const threads of [2, 1]) {
    const session = await InferenceSession.create(bytes, { intraOpNumThreads: threads, interOpNumThreads: 1 });
    sessions.push(session);
    const input = session.inputNames[0] as string;
    for (const batch of batchSizes) {
      const tensors = Array.from({ length: faces.length / batch }, (_, i) => {
        const part = data.slice(i * batch * size, (i + 1) * batch * size);
        return new Tensor("float32", part, [batch, 3, manifest.input.height, manifest.input.width]);
      });
      contestants[bareName(threads, batch)] = async () => {
        for (const tensor of tensors) await session.run({ [input]: tensor });
      };
    }
  }
  const release = (): Promise<unknown> => Promise.all(sessions.map((session) => session.release()));
  return { contestants, release };
}

/** [faces, 3, height, width] network input. */
async function networkInputs(
  manifest: Embedder["manifest"],
  bytes: Uint8Array,
  faces: readonly RawPixels[],
): Promise<Float32Array> {
  const embedder = await Embedder.create(manifest, bytes, { threads: 1 });
  const data = new Float32Array(faces.length * embedder.faceSize);
  for (const [i, { width, height, data: pixels }] of faces.entries()) {
    const face = pixelsOf({ width, height, data: new Uint8Array(pixels) });
    data.set(embedder.input(face, [[1, 0, 0, 0, 1, 0]]), i * embedder.faceSize);
  }
  await embedder.dispose();
  return data;
}

function encodePng({ data, width, height }: RawPixels): Promise<Uint8Array> {
  return sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
}
