/**
 * The process that versus-face-api.ts starts: a path comes in by message, face-api embeds every face of that
 * photograph, the number of faces goes back.
 */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-wasm";
import faceapi from "@vladmandic/face-api/dist/face-api.node-wasm.js";
import sharp from "sharp";

await tf.setBackend("wasm");
await tf.ready();
const model = join(dirname(fileURLToPath(import.meta.resolve("@vladmandic/face-api/package.json"))), "model");
await faceapi.nets.ssdMobilenetv1.loadFromDisk(model);
await faceapi.nets.faceLandmark68Net.loadFromDisk(model);
await faceapi.nets.faceRecognitionNet.loadFromDisk(model);
const options = new faceapi.SsdMobilenetv1Options({ minConfidence: 0.5 }); // its default

process.on("message", async (path) => {
  const { data, info } = await sharp(path).removeAlpha().toColourspace("srgb").raw().toBuffer({ resolveWithObject: true });
  const image = tf.tensor3d(data, [info.height, info.width, 3], "int32");
  const faces = await faceapi.detectAllFaces(image, options).withFaceLandmarks().withFaceDescriptors();
  image.dispose();
  process.send(faces.length);
});
process.send("ready");
