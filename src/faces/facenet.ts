/** Main class of the library: photographs in; faces, embeddings and verification results out. */
import { availableParallelism } from "node:os";
import { type Device, devices } from "../engine/onnx-network.ts";
import { disableTelemetry } from "../engine/runtime.ts";
import { FaceNetError, failureOf, toFaceNetError } from "../errors.ts";
import { DEFAULT_MAX_PIXELS } from "../image/pixel-limits.ts";
import { filePath } from "../image/read-source.ts";
import { locateCalibrated } from "../models/calibrated-model.ts";
import { locateModel, readModelFile } from "../models/model-store.ts";
import type { AlignedImage, DetectedImage, Detection, EmbeddedImage, Embedding } from "../schemas/face.ts";
import type { FaceChoice } from "../schemas/face-choice.ts";
import { type ImageSource, imageName } from "../schemas/image-source.ts";
import type { Alignment, DetectionManifest, EmbeddingManifest } from "../schemas/model-manifest.ts";
import type { ThresholdOrigin } from "../schemas/threshold.ts";
import type { Comparison, Verdict } from "../schemas/verdict.ts";
import { type BatchItem, countOf, isSources, type Progress, ProgressCounter, type Sources } from "./batch.ts";
import type { PipelineJob, PipelineModels, PipelineResult } from "./face-pipeline.ts";
import { mapOrdered } from "./map-ordered.ts";
import type { StageTimes } from "./stage-times.ts";
import { decisionOf, embeddingDistance, farAtDistance, probabilityOfSame } from "./verdict.ts";
import { WorkerPool } from "./worker-pool.ts";

/** Options of {@link FaceNet.load}. */
export type FaceNetOptions = {
  /** Embedding model: an id of `facenet models` or the path of an .onnx file. Default sface.opencv-128. */
  readonly model?: string | undefined;
  /**
   * Calibration that gives thresholds and probability: `"stored"`, what `facenet calibrate` has stored for the model
   * (for a shipped
   * model, in the user's data folder); `"own"`, the manifest's; or a file of `facenet calibrate`. Default: the manifest's.
   */
  readonly calibration?: string | undefined;
  /** Detection model, given likewise. Default retinaface.mobilenet-025. */
  readonly detector?: string | undefined;
  /** Photographs processed concurrently, each on one core. Default: the number of cores, 8 at most. */
  readonly threads?: number | undefined;
  /** Device that runs the networks. Default "cpu". */
  readonly device?: Device | undefined;
};

/** Options for processing photographs. */
export type LookOptions = {
  /** Smallest face: side of its box in pixels. Default 40. */
  readonly minFaceSize?: number | undefined;
  /** Minimum detection confidence. Default 0.65. */
  readonly minConfidence?: number | undefined;
  /** Larger photographs are refused, width x height. Default 200 million. */
  readonly maxPixels?: number | undefined;
  /** Default "all"; for `verify` "prominent". */
  readonly faces?: FaceChoice | undefined;
  /**
   * Add the mirrored face's embedding: more accurate, at twice the cost. Default: as in the measurement of the model's
   * thresholds.
   */
  readonly flip?: boolean | undefined;
  /** The images are faces already cut out for this model. Default false. */
  readonly aligned?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called after each photograph of a batch. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
};

/** Options of {@link FaceNet.align}. */
export type AlignOptions = LookOptions & {
  /**
   * Another form of cut-out than the model's own, for example `{size: 160, alignment: {kind: "crop", margin: 44}}`;
   * square without a `height`.
   */
  readonly cutOut?: { readonly alignment: Alignment; readonly size: number; readonly height?: number } | undefined;
};

/** A photograph with known faces: found earlier, or by your own detector. */
export type MarkedPhotograph = {
  readonly source: ImageSource;
  /** Boxes and landmarks in pixels of the upright photograph; confidence defaults to 1. */
  readonly faces: readonly (Pick<Detection, "box" | "landmarks"> & { readonly confidence?: number | undefined })[];
};
/** Several of them, as any iterable. */
export type MarkedPhotographs = Iterable<MarkedPhotograph> | AsyncIterable<MarkedPhotograph>;

/** Options of {@link FaceNet.embedFaces}. */
export type MarkedOptions = Pick<LookOptions, "maxPixels" | "flip" | "signal" | "onProgress">;

/** Options of {@link FaceNet.verify} and {@link FaceNet.compare}. */
export type VerifyOptions = LookOptions & {
  /** Target false match rate: share of impostor pairs accepted. Default 1e-3. */
  readonly fmr?: number | undefined;
  /** Alias of `fmr`. */
  readonly far?: number | undefined;
  /** Squared L2 distance, instead of `fmr`. */
  readonly threshold?: number | undefined;
};

export const lookDefaults = { minFaceSize: 40, minConfidence: 0.65, maxPixels: DEFAULT_MAX_PIXELS } as const;

/**
 * Detects, aligns, embeds and compares faces. Runs in worker threads; {@link FaceNet.dispose} ends them.
 *
 * @example
 * import { FaceNet } from "facenet128";
 * const facenet = await FaceNet.load();
 * const { verified, distance } = await facenet.verify("anna-1.jpg", "anna-2.jpg");
 * console.log(verified); // true
 * await facenet.dispose();
 */
export class FaceNet {
  readonly #pool: WorkerPool;
  /** The embedding model's manifest. */
  readonly model: EmbeddingManifest;
  /** The detection model's manifest. */
  readonly detector: DetectionManifest;
  /** Source of the model's thresholds and probability. */
  readonly calibration: ThresholdOrigin;

  private constructor(pool: WorkerPool, { embedding, detection }: PipelineModels, calibration: ThresholdOrigin) {
    this.#pool = pool;
    this.model = embedding.manifest;
    this.detector = detection.manifest;
    this.calibration = calibration;
  }

  /**
   * Loads the models, verified by their checksums, and starts the first worker thread.
   *
   * @throws FaceNetError every MODEL_ code, CALIBRATION_INVALID, OPTION_INVALID, DEVICE_NOT_AVAILABLE
   * @example
   * import { FaceNet } from "facenet128";
   * const facenet = await FaceNet.load({ threads: 1 });
   * console.log(facenet.model.id); // sface.opencv-128
   * await facenet.dispose();
   */
  static async load({
    model,
    calibration,
    detector,
    threads = defaultThreads(),
    device = "cpu",
  }: FaceNetOptions = {}): Promise<FaceNet> {
    if (!Number.isInteger(threads) || threads < 1) {
      throw new FaceNetError("OPTION_INVALID", {
        option: "threads",
        reason: `must be a whole number of 1 or more, got ${threads}`,
      });
    }
    if (!devices.includes(device)) {
      throw new FaceNetError("OPTION_INVALID", {
        option: "device",
        reason: `must be one of ${devices.join(", ")}, got ${device}`,
      });
    }
    const [embedding, detection] = [await locateCalibrated(model, calibration), await locateModel("detection", detector)];
    const networks: Record<string, Uint8Array> = {};
    for (const [role, file] of Object.entries(detection.manifest.networks)) networks[role] = await readModelFile(detection, file);
    const models: PipelineModels = {
      embedding: { manifest: embedding.manifest, bytes: await readModelFile(embedding, embedding.manifest.model) },
      detection: { manifest: detection.manifest, networks },
      device,
    };
    disableTelemetry();
    const pool = new WorkerPool(models, threads);
    try {
      await pool.start();
    } catch (error) {
      await pool.dispose();
      throw error;
    }
    return new FaceNet(pool, models, embedding.calibration);
  }

  /**
   * Finds faces, with landmarks and quality. For one source it returns a promise; for several it yields outcomes in order,
   * processing a few photographs at a time, so memory stays bounded.
   *
   * @throws FaceNetError every IMAGE_ code (in a batch: as that item's error); the signal's reason
   * @example
   * for await (const item of facenet.detect(["anna-1.jpg", "missing.jpg"])) console.log(item.image, item.ok);
   * // anna-1.jpg true
   * // missing.jpg false
   */
  detect(source: ImageSource, options?: LookOptions): Promise<DetectedImage>;
  detect(sources: Sources, options?: LookOptions): AsyncGenerator<BatchItem<DetectedImage>>;
  detect(
    input: ImageSource | Sources,
    options: LookOptions = {},
  ): Promise<DetectedImage> | AsyncGenerator<BatchItem<DetectedImage>> {
    return this.#look<DetectedImage>(input, "detect", options);
  }

  /**
   * Cuts faces out as the model (or `cutOut`) expects them, as RGB pixels. Otherwise like {@link FaceNet.detect}.
   *
   * @example
   * const { faces } = await facenet.align("anna-1.jpg");
   * console.log(faces[0]?.crop.width, faces[0]?.crop.height); // 112 112
   */
  align(source: ImageSource, options?: AlignOptions): Promise<AlignedImage>;
  align(sources: Sources, options?: AlignOptions): AsyncGenerator<BatchItem<AlignedImage>>;
  align(
    input: ImageSource | Sources,
    options: AlignOptions = {},
  ): Promise<AlignedImage> | AsyncGenerator<BatchItem<AlignedImage>> {
    return this.#look<AlignedImage>(input, "align", options);
  }

  /**
   * Embeds faces: for each a unit-length vector [128] and its byte code. Otherwise like {@link FaceNet.detect}.
   *
   * @example
   * const { faces } = await facenet.embed("anna-1.jpg");
   * console.log(faces[0]?.embedding.code.byteLength); // 128
   */
  embed(source: ImageSource, options?: LookOptions): Promise<EmbeddedImage>;
  embed(sources: Sources, options?: LookOptions): AsyncGenerator<BatchItem<EmbeddedImage>>;
  embed(
    input: ImageSource | Sources,
    options: LookOptions = {},
  ): Promise<EmbeddedImage> | AsyncGenerator<BatchItem<EmbeddedImage>> {
    return this.#look<EmbeddedImage>(input, "embed", options);
  }

  /**
   * Embeds faces with known boxes and landmarks, without detection. Returns the faces in the order given, with their
   * quality. Otherwise like {@link FaceNet.embed}.
   *
   * @throws FaceNetError OPTION_INVALID for a box or landmark that is not finite; every IMAGE_ code (in a batch: as that item's error)
   * @example
   * const found = await facenet.detect("anna-1.jpg");
   * const { faces } = await facenet.embedFaces({ source: "anna-1.jpg", faces: found.faces });
   * console.log(faces.length); // 1
   */
  embedFaces(photograph: MarkedPhotograph, options?: MarkedOptions): Promise<EmbeddedImage>;
  embedFaces(photographs: MarkedPhotographs, options?: MarkedOptions): AsyncGenerator<BatchItem<EmbeddedImage>>;
  embedFaces(
    input: MarkedPhotograph | MarkedPhotographs,
    options: MarkedOptions = {},
  ): Promise<EmbeddedImage> | AsyncGenerator<BatchItem<EmbeddedImage>> {
    const jobOf = (photograph: MarkedPhotograph): PipelineJob => markedJob(photograph, options);
    if ("source" in input) return this.#single<EmbeddedImage>(() => jobOf(input), options);
    return this.#batch<MarkedPhotograph, EmbeddedImage>(input, ({ source }) => source, jobOf, options);
  }

  /**
   * Verifies whether the faces in two photographs belong to the same person.
   *
   * @param options.fmr target false match rate, 0 to 1: share of impostor pairs accepted. Default 1e-3.
   * @param options.threshold squared L2 distance, 0 to 4, instead of `fmr`
   * @throws FaceNetError FACE_NOT_FOUND; FACE_AMBIGUOUS if no face stands out and `faces` does not choose one; every IMAGE_ code
   * @example
   * const { verified, threshold } = await facenet.verify("anna-1.jpg", "ben.jpg", { fmr: 1e-4 });
   * console.log(verified); // false
   */
  verify(left: ImageSource, right: ImageSource, options: VerifyOptions = {}): Promise<Verdict> {
    return verifyBy(this, { manifest: this.model, calibration: this.calibration }, left, right, options);
  }

  /**
   * Distances between all faces of several photographs. Photographs that fail are listed in `failures`; the others are compared.
   *
   * @returns `distances` [n, n], squared L2, 0 to 4
   * @example
   * const { faces, distances } = await facenet.compare(["anna-1.jpg", "anna-2.jpg", "ben.jpg"]);
   * console.log(faces.length, (distances[0]?.[1] ?? 4) < (distances[0]?.[2] ?? 0)); // 3 true
   */
  async compare(sources: Sources, options: VerifyOptions = {}): Promise<Comparison> {
    const { threshold, falseAcceptRate } = decisionOf(this.model, options);
    const faces: Comparison["faces"] = [];
    const embeddings: Embedding[] = [];
    const withoutFace: string[] = [];
    const failures: Comparison["failures"] = [];
    for await (const item of this.embed(sources, options)) {
      if (!item.ok) {
        failures.push({ image: item.image, ...failureOf(item.error) });
        continue;
      }
      if (item.value.faces.length === 0) withoutFace.push(item.image);
      for (const [index, { embedding, ...face }] of item.value.faces.entries()) {
        faces.push({ image: item.image, index, ...face });
        embeddings.push(embedding);
      }
    }
    const distances = embeddings.map((a) => embeddings.map((b) => (a === b ? 0 : this.distance(a, b))));
    const { model, calibration } = this;
    return { model: model.id, threshold, falseAcceptRate, calibration, faces, distances, withoutFace, failures };
  }

  /**
   * Distance of two embeddings of this model: squared L2, 0 to 4.
   *
   * @throws FaceNetError EMBEDDINGS_INCOMPATIBLE for embeddings of another model
   * @example
   * const { faces: [face] } = await facenet.embed("anna-1.jpg");
   * if (face) console.log(facenet.distance(face.embedding, face.embedding)); // 0
   */
  distance(a: Embedding, b: Embedding): number {
    return embeddingDistance(a, b, this.model.embedding);
  }

  /**
   * Reports the duration of each stage, ms, for every photograph that succeeds from now on. Two photographs share a thread: the
   * time one waits for the other is included.
   *
   * @example
   * facenet.observe(({ detect = 0 }) => console.log(detect > 0)); // true
   * await facenet.embed("anna-1.jpg");
   */
  observe(onTimes: (times: StageTimes) => void): void {
    this.#pool.onTimes = onTimes;
  }

  /**
   * Ends the worker threads and frees the models. Open work fails with DISPOSED.
   *
   * @example
   * await facenet.dispose();
   */
  async dispose(): Promise<void> {
    await this.#pool.dispose();
  }

  #look<T>(
    input: ImageSource | Sources,
    until: PipelineJob["until"],
    options: AlignOptions,
  ): Promise<T> | AsyncGenerator<BatchItem<T>> {
    const jobOf = (source: ImageSource): PipelineJob => job(source, until, options);
    if (isSources(input)) return this.#batch<ImageSource, T>(input, (source) => source, jobOf, options);
    return this.#single<T>(() => jobOf(input), options);
  }

  async #single<T>(jobOf: () => PipelineJob, { signal }: Pick<LookOptions, "signal">): Promise<T> {
    // The job computes what T contains: boxes, cut-outs or embeddings.
    return (await this.#pool.run(jobOf(), signal)) as unknown as T;
  }

  async *#batch<I, T>(
    inputs: Iterable<I> | AsyncIterable<I>,
    sourceOf: (input: I) => ImageSource,
    jobOf: (input: I) => PipelineJob,
    { signal, onProgress }: Pick<LookOptions, "signal" | "onProgress">,
  ): AsyncGenerator<BatchItem<T>> {
    const progress = new ProgressCounter(countOf(inputs), performance.now());
    const attempt = async (input: I, index: number): Promise<BatchItem<PipelineResult>> => {
      const image = imageName(sourceOf(input));
      try {
        return { index, image, ok: true, value: await this.#pool.run(jobOf(input), signal) };
      } catch (error) {
        signal?.throwIfAborted();
        if (error instanceof FaceNetError && error.code === "DISPOSED") throw error;
        return { index, image, ok: false, error: toFaceNetError(error) };
      }
    };
    for await (const item of mapOrdered(inputs, this.#pool.capacity, attempt, signal)) {
      onProgress?.(progress.count(item.ok, item.ok ? item.value.faces.length : 0, performance.now()));
      yield item as BatchItem<unknown> as BatchItem<T>;
    }
  }
}

/** {@link FaceNet.verify} with other thresholds and probabilities than the model was loaded with. */
export async function verifyBy(
  facenet: FaceNet,
  { manifest, calibration }: { readonly manifest: EmbeddingManifest; readonly calibration: ThresholdOrigin },
  left: ImageSource,
  right: ImageSource,
  options: VerifyOptions = {},
): Promise<Verdict> {
  const faces = options.faces === undefined || options.faces === "all" ? "prominent" : options.faces;
  const { threshold, falseAcceptRate } = decisionOf(manifest, options);
  const [a, b] = await Promise.all([facenet.embed(left, { ...options, faces }), facenet.embed(right, { ...options, faces })]);
  const [{ embedding: x, ...faceA }, { embedding: y, ...faceB }] = [a.faces[0] as Embedded, b.faces[0] as Embedded];
  const distance = facenet.distance(x, y);
  return {
    verified: distance <= threshold,
    distance,
    threshold,
    falseAcceptRate,
    strangersAsClose: farAtDistance(manifest, distance),
    probability: probabilityOfSame(manifest, distance) ?? null,
    model: facenet.model.id,
    calibration,
    liveness: "not assessed",
    faces: [
      { image: a.image, ...faceA },
      { image: b.image, ...faceB },
    ],
  };
}

type Embedded = EmbeddedImage["faces"][number];

function defaultThreads(): number {
  return Math.min(8, availableParallelism());
}

function job(source: ImageSource, until: PipelineJob["until"], options: AlignOptions): PipelineJob {
  const { minFaceSize, minConfidence, maxPixels } = { ...lookDefaults, ...withoutUndefined(options) };
  requireRange("minFaceSize", minFaceSize, 12, 10_000);
  requireRange("minConfidence", minConfidence, 0.3, 1);
  requireRange("maxPixels", maxPixels, 1, Number.MAX_SAFE_INTEGER);
  const { faces = "all", flip, aligned = false, cutOut } = options;
  return {
    source: source instanceof URL ? filePath(source) : source,
    until,
    faces,
    minFaceSize,
    minConfidence,
    maxPixels,
    flip,
    aligned,
    cutOut,
  };
}

function markedJob({ source, faces }: MarkedPhotograph, options: MarkedOptions): PipelineJob {
  const known = faces.map(({ box, landmarks, confidence = 1 }, i) => {
    const isPlace = Object.values(landmarks).every(({ x, y }) => Number.isFinite(x) && Number.isFinite(y));
    if (!isPlace || !(box.width > 0) || !(box.height > 0) || !Number.isFinite(box.x + box.y + box.width + box.height))
      throw new FaceNetError("OPTION_INVALID", {
        option: `faces[${i}]`,
        reason: "box and landmarks must be finite numbers, in pixels of the photograph",
      });
    return { box, landmarks, confidence };
  });
  return { ...job(source, "embed", options), known };
}

function requireRange(option: string, value: number, least: number, most: number): void {
  if (value >= least && value <= most) return;
  throw new FaceNetError("OPTION_INVALID", { option, reason: `must be from ${least} to ${most}, got ${value}` });
}

function withoutUndefined<T extends object>(options: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
