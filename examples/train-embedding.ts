/**
 * A training loop: triplet loss with semi-hard negatives on a folder with one sub-folder per person (FaceNet, section 3).
 * `node train-embedding.ts faces/ model.onnx`. `facenet train` does the same with validation, checkpoints and a report.
 */
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { distanceMatrix, identitySampler, miners, seededRandom, tripletLoss } from "facenet128/metric";
import { findNetwork, inferenceModel, initialParameters, NetworkTrainer, parametersOf, planNetwork } from "facenet128/training";
import sharp from "sharp";

const [folder = "", output = ""] = process.argv.slice(2);
const STEPS = 20;
const MARGIN = 0.2;
const random = seededRandom(1);

const plan = planNetwork(findNetwork("convnet-64"));
const { width, height } = plan.network.input;
const trainer = NetworkTrainer.create(plan, initialParameters(plan, random), { optimiser: { kind: "adam" } });

// Images [3, height, width] with values from -1 to 1, and the person of each.
const images: Float32Array[] = [];
const imagesOfPeople: number[][] = [];
for (const person of (await readdir(folder)).sort()) {
  const files = (await readdir(join(folder, person))).sort();
  imagesOfPeople.push(files.map((_, i) => images.length + i));
  for (const file of files) images.push(await readImage(join(folder, person, file)));
}

const sampler = identitySampler(imagesOfPeople, { peoplePerBatch: 8, imagesPerPerson: 4, random });
for (let step = 1; step <= STEPS; step++) {
  const { images: chosen, labels } = sampler.next().value;
  const data = new Float32Array(chosen.length * 3 * height * width);
  for (const [row, image] of chosen.entries()) data.set(images[image] as Float32Array, row * 3 * height * width);
  const batch = { data, dims: [chosen.length, 3, height, width] };

  const embeddings = await trainer.embed(batch); // [n, 128]
  const triplets = miners["semi-hard"](distanceMatrix(embeddings.data, plan.dimensions), labels, { margin: MARGIN, random });
  const { loss, gradient, active } = tripletLoss(embeddings.data, plan.dimensions, triplets, MARGIN);
  await trainer.accumulate(batch, { data: gradient, dims: embeddings.dims });
  await trainer.step(1e-3);
  console.log(`step ${step}: loss ${loss.toFixed(4)}, ${active} triplets`);
}

await writeFile(output, inferenceModel(plan, parametersOf(await trainer.save())));
await trainer.dispose();

async function readImage(file: string): Promise<Float32Array> {
  const pixels = await sharp(file).resize(width, height, { fit: "cover" }).removeAlpha().toColourspace("srgb").raw().toBuffer();
  const values = new Float32Array(pixels.length);
  for (const [i, value] of pixels.entries()) values[(i % 3) * width * height + Math.floor(i / 3)] = value / 127.5 - 1;
  return values;
}
