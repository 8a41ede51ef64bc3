/** Entry point of a thread that reads, decodes and augments training faces. */

import { parentPort, workerData } from "node:worker_threads";
import { placeName, readImage } from "../datasets/face-images.ts";
import { failureOf } from "../errors.ts";
import { augmentFace } from "../image/augment.ts";
import { decodeImage } from "../image/decode.ts";
import { seededRandom } from "../metric/seeded-random.ts";
import type { LoaderSettings, LoadReply, LoadRequest, UnreadableImage } from "./face-loader.ts";

const port = parentPort;
if (!port) throw new Error("face-loader-thread.ts runs in a worker thread only");
process.stdout.write = () => true; // libheif prints warnings about damaged files

const { width, height, border, augmentations } = workerData as LoaderSettings;
const faceBytes = 3 * width * height;

async function load({ id, faces }: LoadRequest): Promise<LoadReply> {
  const data = new Uint8Array(faces.length * faceBytes);
  const failures: UnreadableImage[] = [];
  for (const [position, { place, seed }] of faces.entries()) {
    try {
      const image = await decodeImage({ name: placeName(place), data: await readImage(place) });
      const face = await augmentFace(image, { width, height, border, augmentations, random: seededRandom(seed) });
      data.set(face.data, position * faceBytes);
    } catch (error) {
      failures.push({ position, image: placeName(place), ...failureOf(error) });
    }
  }
  return { id, data, failures };
}

port.on("message", async (request: LoadRequest) => {
  const reply = await load(request);
  port.postMessage(reply, [reply.data.buffer as ArrayBuffer]);
});
