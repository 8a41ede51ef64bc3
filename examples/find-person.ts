/** Finds the photographs of a folder that show a person: `node find-person.ts anna.jpg photos/`. */
import { glob } from "node:fs/promises";
import { FaceNet } from "facenet128";

const [portrait = "", folder = ""] = process.argv.slice(2);
const facenet = await FaceNet.load();

// The most prominent face of the portrait.
const { faces } = await facenet.embed(portrait, { faces: "prominent" });
const wanted = faces[0]?.embedding;
if (!wanted) throw new Error(`${portrait} shows no face`);

// One pair of different people in 10,000 is closer than this threshold.
const threshold = facenet.model.thresholds.find(({ far }) => far <= 1e-4)?.distance ?? 0;

const photographs = await Array.fromAsync(glob(`${folder}/**/*.{jpg,jpeg,png,webp}`));
for await (const item of facenet.embed(photographs.sort())) {
  if (!item.ok) {
    console.error(item.error.message);
    continue;
  }
  const distances = item.value.faces.map(({ embedding }) => facenet.distance(wanted, embedding));
  const nearest = Math.min(...distances); // Infinity without a face
  if (nearest <= threshold) console.log(`${item.image} ${nearest.toFixed(3)}`);
}
await facenet.dispose();
