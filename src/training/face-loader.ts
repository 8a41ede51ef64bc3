/**
 * Loads training faces: reads, decodes and augments them in worker threads while the engine computes. The next mini-batch is
 * requested before the current one is computed. It is held as bytes (1,800 faces of 96 x 96 take 50 MB) and converted to floats
 * chunk by chunk.
 */
import type { Worker } from "node:worker_threads";
import type { ImagePlace } from "../datasets/face-images.ts";
import type { FloatTensor } from "../engine/onnx-network.ts";
import { startThread } from "../engine/threads.ts";
import { FaceNetError } from "../errors.ts";
import type { ImageFailure } from "../schemas/failure.ts";
import type { Augmentation } from "../schemas/training.ts";

export type LoaderSettings = {
  /** Size of the network's input, pixels. */
  readonly width: number;
  readonly height: number;
  /** Border of the pictures beyond the network's input, as a share of their sides; see `augmentFace`. */
  readonly border: number;
  readonly augmentations: readonly Augmentation[];
};

export type LoadRequest = {
  readonly id: number;
  readonly faces: readonly { readonly place: ImagePlace; readonly seed: number }[];
};
export type UnreadableImage = Readonly<ImageFailure> & { readonly position: number };
export type LoadReply = { readonly id: number; readonly data: Uint8Array; readonly failures: readonly UnreadableImage[] };

/** Converts bytes to network input: (byte - mean) * scale, the reference implementation's fixed standardisation. */
export const pixelScaling = { mean: 127.5, scale: 1 / 128 } as const;

/** Faces per message; few enough to spread a small batch over the threads. */
const PIECE = 16;

/** Faces that could be read, in the requested order. */
export class LoadedFaces {
  /** Positions of these faces in the request. */
  readonly positions: Uint32Array;
  readonly failures: readonly UnreadableImage[];
  readonly #pieces: readonly Uint8Array[];
  readonly #settings: LoaderSettings;

  constructor(replies: readonly LoadReply[], settings: LoaderSettings) {
    this.#settings = settings;
    this.#pieces = replies.map(({ data }) => data);
    this.failures = replies.flatMap(({ failures }, piece) =>
      failures.map((failure) => ({ ...failure, position: piece * PIECE + failure.position })),
    );
    const failed = new Set(this.failures.map(({ position }) => position));
    const count = this.#pieces.reduce((sum, { length }) => sum + length, 0) / this.#faceBytes;
    this.positions = Uint32Array.from({ length: count }, (_, i) => i).filter((position) => !failed.has(position));
  }

  get length(): number {
    return this.positions.length;
  }

  get #faceBytes(): number {
    return 3 * this.#settings.width * this.#settings.height;
  }

  /** Network input for the faces [from, to): [to - from, 3, height, width], planes red, green, blue. */
  tensor(from: number, to: number): FloatTensor {
    const { width, height } = this.#settings;
    const { mean, scale } = pixelScaling;
    const plane = width * height;
    const data = new Float32Array((to - from) * this.#faceBytes);
    for (let i = from; i < to; i++) {
      const position = this.positions[i] as number;
      const piece = this.#pieces[Math.floor(position / PIECE)] as Uint8Array;
      const start = (position % PIECE) * this.#faceBytes;
      const out = (i - from) * this.#faceBytes;
      for (let pixel = 0; pixel < plane; pixel++)
        for (let c = 0; c < 3; c++) data[out + c * plane + pixel] = ((piece[start + 3 * pixel + c] as number) - mean) * scale;
    }
    return { data, dims: [to - from, 3, height, width] };
  }
}

type Waiting = { readonly resolve: (reply: LoadReply) => void; readonly reject: (error: unknown) => void };

export class FaceLoader {
  readonly #settings: LoaderSettings;
  readonly #workers: readonly Worker[];
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 0;
  #failure: FaceNetError | undefined;

  private constructor(settings: LoaderSettings, threads: number) {
    this.#settings = settings;
    const thread = { entry: "./face-loader-thread", base: import.meta.url, data: settings };
    this.#workers = Array.from({ length: threads }, () => startThread(thread, (error) => this.#fail(error)));
    for (const worker of this.#workers) {
      worker.unref();
      worker.on("message", (reply: LoadReply) => {
        this.#waiting.get(reply.id)?.resolve(reply);
        this.#settle(reply.id);
      });
    }
  }

  /** Starts the threads. */
  static start(settings: LoaderSettings, threads: number): FaceLoader {
    return new FaceLoader(settings, threads);
  }

  /**
   * Loads faces. Unreadable ones are listed and left out.
   *
   * @param seedOf seed of the augmentation of the face at a position
   * @throws FaceNetError INTERNAL if a thread fails
   */
  async load(places: readonly ImagePlace[], seedOf: (position: number) => number): Promise<LoadedFaces> {
    const pieces: Promise<LoadReply>[] = [];
    for (let start = 0; start < places.length; start += PIECE) {
      const faces = places.slice(start, start + PIECE).map((place, i) => ({ place, seed: seedOf(start + i) }));
      pieces.push(this.#post(faces));
    }
    return new LoadedFaces(await Promise.all(pieces), this.#settings);
  }

  /** Ends the threads; pending loads fail. */
  async dispose(): Promise<void> {
    this.#fail(new FaceNetError("INTERNAL", { reason: "the loader has been disposed" }));
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  #post(faces: LoadRequest["faces"]): Promise<LoadReply> {
    return new Promise((resolve, reject) => {
      if (this.#failure) throw this.#failure;
      const id = this.#nextId++;
      const worker = this.#workers[id % this.#workers.length] as Worker;
      if (this.#waiting.size === 0) for (const each of this.#workers) each.ref();
      this.#waiting.set(id, { resolve, reject });
      worker.postMessage({ id, faces } satisfies LoadRequest);
    });
  }

  #settle(id: number): void {
    this.#waiting.delete(id);
    if (this.#waiting.size === 0) for (const worker of this.#workers) worker.unref();
  }

  #fail(error: FaceNetError): void {
    this.#failure ??= error;
    for (const { reject } of this.#waiting.values()) reject(this.#failure);
    this.#waiting.clear();
  }
}
