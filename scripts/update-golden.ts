/**
 * Writes test/golden/*.json: detections and embeddings of the sample photographs. Run it after a change that is intended to
 * affect these numbers, and check the difference before committing it:
 *
 *     node scripts/update-golden.ts && npm run format
 */
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { FaceNet } from "../src/index.ts";
import { GOLDEN_MODEL, type Golden } from "../test/golden/golden.ts";
import { sampleNames, samplePhotograph } from "../test/sample-photographs.ts";

const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));

const facenet = await FaceNet.load({ model: GOLDEN_MODEL, threads: 1 });
for (const name of sampleNames) {
  const { width, height, faces } = await facenet.embed(samplePhotograph(name));
  const golden: Golden = {
    model: facenet.model.id,
    detector: facenet.detector.id,
    width,
    height,
    faces: faces.map(({ box, landmarks, confidence, embedding }) => ({
      box: [box.x, box.y, box.width, box.height].map((value) => rounded(value, 2)),
      landmarks: Object.values(landmarks).map(({ x, y }) => [rounded(x, 2), rounded(y, 2)]),
      confidence: rounded(confidence, 4),
      code: Buffer.from(embedding.code.buffer).toString("base64"),
      vector: Array.from(embedding.vector, (value) => rounded(value, 4)),
    })),
  };
  const file = fileURLToPath(new URL(`../test/golden/${name}.json`, import.meta.url));
  await writeFile(file, JSON.stringify(golden));
  console.log(`${name}: ${faces.length} faces`);
}
await facenet.dispose();
