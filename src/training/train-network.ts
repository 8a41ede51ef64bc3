/**
 * Training loop. A step embeds a mini-batch, computes loss and gradient on the embeddings, and back-propagates chunk by chunk:
 * the exact gradient of a mini-batch of any size, in the memory of one chunk.
 */
import type { FaceImages, ImagePlace } from "../datasets/face-images.ts";
import { drawMasks } from "../engine/graph/network.ts";
import { FaceNetError } from "../errors.ts";
import { type Batch, identitySampler } from "../metric/identity-sampler.ts";
import { imageSampler } from "../metric/image-sampler.ts";
import { seededRandom, streamSeed } from "../metric/seeded-random.ts";
import type { TrainingConfiguration, TrainingStep } from "../schemas/training.ts";
import type { EmbeddedBatch, Objective, ObjectiveResult } from "./embedded-batch.ts";
import type { FaceLoader, LoadedFaces, UnreadableImage } from "./face-loader.ts";
import { parseSchedule, rateCourse, rateOfEpoch } from "./learning-rate.ts";
import type { NetworkTrainer } from "./network-trainer.ts";

export type TrainingRun = {
  readonly configuration: TrainingConfiguration;
  readonly trainer: NetworkTrainer;
  readonly objective: Objective;
  readonly loader: FaceLoader;
  /** People to train on, with at least two images each. */
  readonly faces: FaceImages;
  /** Images in `faces` of people with a single image or without a label, for `randomNegatives` and distillation. Default: none. */
  readonly singles?: readonly number[];
  /** Steps already completed. */
  readonly startAt: number;
  readonly signal: AbortSignal;
  /** Monotonic clock, milliseconds. */
  readonly now: () => number;
  /** Called and awaited after each step; after an abort, last for the last complete step. */
  readonly onStep: (step: TrainingStep) => Promise<void>;
  /** Called and awaited for unreadable images of a batch. */
  readonly onUnreadable: (step: number, images: readonly UnreadableImage[]) => Promise<void>;
};

/**
 * Trains until the configured number of steps or the end of the schedule; an abort takes effect after the current step.
 *
 * @returns total number of steps completed
 * @throws FaceNetError TRAINING_DIVERGED if loss or embeddings are not finite; FACES_UNUSABLE if no image of a batch can be read
 */
export async function trainNetwork(run: TrainingRun): Promise<number> {
  const { configuration, trainer, objective, faces, signal, now } = run;
  const stepsPerEpoch = stepsOfEpoch(faces, configuration, run.singles);
  const rateOf = learningRateOf(configuration, stepsPerEpoch);
  const batches = loadBatches(run);
  const loadNext = () => {
    const batch = batches.next();
    batch.catch(() => undefined); // awaited in its turn, which may not come
    return batch;
  };
  let upcoming = loadNext();
  let done = run.startAt;
  while (done < configuration.steps && !signal.aborted) {
    const rate = rateOf(done);
    if (rate === null) break;
    const [step, start] = [done + 1, now()];
    const { loaded, labels, images } = (await upcoming).value;
    const waitedMs = now() - start;
    upcoming = loadNext();
    const chunks = chunksOf(loaded.length, configuration.chunk);
    const batch = await embedChunks(run, loaded, chunks, step);
    const { embeddings } = batch;
    const result = await objective.compute({ ...batch, size: trainer.plan.dimensions, labels, images, step, rate });
    requireFinite(result, embeddings, { step, rate });
    const moved = await backPropagate(run, loaded, chunks, step, result.gradient);
    const gradientNorm = moved ? await trainer.step(rate) : undefined;
    done = step;
    const { gradient: _, ...rest } = result;
    const figures = { ...rest, ...(gradientNorm !== undefined && { gradientNorm }) };
    const imagesPerSecond = (1000 * labels.length) / (now() - start);
    const epoch = step / stepsPerEpoch;
    await run.onStep({ step, epoch, learningRate: rate, images: labels.length, imagesPerSecond, waitedMs, ...figures });
  }
  return done;
}

type LoadedBatch = { readonly loaded: LoadedFaces } & Batch;

/** Batches in the sampler's order; those of completed steps are drawn and skipped. */
async function* loadBatches(run: TrainingRun): AsyncGenerator<LoadedBatch, never> {
  const { configuration, faces, loader, startAt, onUnreadable } = run;
  const { seed } = configuration;
  const sampler = samplerOf(run);
  for (let step = 1; ; step++) {
    const { images, labels } = sampler.next().value;
    if (step <= startAt) continue;
    const places = Array.from(images, (image) => faces.images[image] as ImagePlace);
    const loaded = await loader.load(places, (position) => streamSeed(seed, "augment", step, position));
    if (loaded.failures.length > 0) await onUnreadable(step, loaded.failures);
    if (loaded.length < 2) {
      const [first] = loaded.failures;
      const reason = `no image of a whole batch can be read; the first: ${first?.image}: ${first?.message}`;
      throw new FaceNetError("FACES_UNUSABLE", { faces: faces.name, reason });
    }
    const kept = (of: Uint32Array): Uint32Array => loaded.positions.map((position) => of[position] as number);
    yield { loaded, labels: kept(labels), images: kept(images) };
  }
}

function samplerOf({ configuration, faces, singles = [] }: TrainingRun): Generator<Batch, never, undefined> {
  const { loss, seed, peoplePerBatch, imagesPerPerson, randomNegatives } = configuration;
  const random = seededRandom(streamSeed(seed, "sample"));
  if (loss !== "distillation")
    return identitySampler(faces.imagesOfPeople, { peoplePerBatch, imagesPerPerson, randomNegatives, singles, random });
  return imageSampler([...faces.imagesOfPeople.flat(), ...singles], peoplePerBatch * imagesPerPerson, random);
}

async function embedChunks(
  { trainer, configuration: { seed } }: TrainingRun,
  loaded: LoadedFaces,
  chunks: readonly Chunk[],
  step: number,
): Promise<Pick<EmbeddedBatch, "embeddings" | "norms">> {
  const { plan } = trainer;
  const embeddings = new Float32Array(loaded.length * plan.dimensions);
  const norms: number[] = [];
  for (const [i, [from, to]] of chunks.entries()) {
    const masks = drawMasks(plan, to - from, seededRandom(streamSeed(seed, "masks", step, i)));
    const chunk = await trainer.embedWithNorms(loaded.tensor(from, to), masks);
    embeddings.set(chunk.embeddings.data, from * plan.dimensions);
    norms.push(...(chunk.norms?.data ?? []));
  }
  return { embeddings, ...(norms.length > 0 && { norms: Float32Array.from(norms) }) };
}

/** Repeats the chunks with the same masks, except those with a zero gradient. @returns whether there was any */
async function backPropagate(
  { trainer, configuration: { seed } }: TrainingRun,
  loaded: LoadedFaces,
  chunks: readonly Chunk[],
  step: number,
  gradient: Float32Array,
): Promise<boolean> {
  const { plan } = trainer;
  let any = false;
  for (const [i, [from, to]] of chunks.entries()) {
    const data = gradient.slice(from * plan.dimensions, to * plan.dimensions);
    if (data.every((value) => value === 0)) continue;
    const masks = drawMasks(plan, to - from, seededRandom(streamSeed(seed, "masks", step, i)));
    await trainer.accumulate(loaded.tensor(from, to), { data, dims: [to - from, plan.dimensions] }, masks);
    any = true;
  }
  return any;
}

/** @throws FaceNetError TRAINING_DIVERGED */
function requireFinite(
  { loss }: ObjectiveResult,
  embeddings: Float32Array,
  { step, rate }: { step: number; rate: number },
): void {
  const reason = Number.isFinite(loss) ? "an embedding is not a number" : `the loss is ${loss}`;
  if (Number.isFinite(loss) && embeddings.every(Number.isFinite)) return;
  throw new FaceNetError("TRAINING_DIVERGED", { step, rate, reason, advised: Number((rate / 10).toPrecision(2)) });
}

/** Steps per epoch: as many images as there are in total. */
export function stepsOfEpoch(
  { imagesOfPeople }: FaceImages,
  { loss, peoplePerBatch, imagesPerPerson }: TrainingConfiguration,
  singles: readonly number[] = [],
): number {
  const people = imagesOfPeople.length;
  const images = imagesOfPeople.reduce((sum, { length }) => sum + length, 0);
  if (loss === "distillation") return Math.max(1, (images + singles.length) / (peoplePerBatch * imagesPerPerson));
  const ofAPerson = imagesOfPeople.reduce((sum, { length }) => sum + Math.min(length, imagesPerPerson), 0) / people;
  return Math.max(1, images / (Math.min(peoplePerBatch, people) * ofAPerson));
}

/** Learning rate by number of completed steps; null ends training. */
export function learningRateOf(configuration: TrainingConfiguration, stepsPerEpoch: number): (done: number) => number | null {
  const { schedule } = configuration;
  if (schedule === null) return rateCourse(configuration);
  const lines = parseSchedule(schedule, "schedule");
  return (done) => rateOfEpoch(lines, Math.floor(done / stepsPerEpoch));
}

type Chunk = readonly [from: number, to: number];

/** Chunks of nearly equal size, at most `size`. */
export function chunksOf(count: number, size: number): Chunk[] {
  const chunks = Math.ceil(count / size);
  return Array.from({ length: chunks }, (_, i) => [Math.floor((i * count) / chunks), Math.floor(((i + 1) * count) / chunks)]);
}
