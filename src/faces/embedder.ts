/** Embedding network with its manifest: cuts faces out, runs the network, returns unit vectors. */

import { OnnxNetwork, type OnnxNetworkOptions } from "../engine/onnx-network.ts";
import { FaceNetError, reasonOf } from "../errors.ts";
import { type Affine, mirrorPlanes, type PixelScaling } from "../image/warp.ts";
import { normalize } from "../metric/distance.ts";
import type { Detection } from "../schemas/face.ts";
import type { EmbeddingManifest } from "../schemas/model-manifest.ts";
import { faceTransform } from "./alignment/face-transform.ts";
import { toNetworkLayout, whitenPlanes } from "./network-input.ts";
import type { Photograph, Pixels } from "./photograph.ts";

/** Faces per run; more do not make it faster (activations leave the cache: bench/results). */
const CHUNK = 4;

export class Embedder {
  readonly manifest: EmbeddingManifest;
  readonly #network: OnnxNetwork;

  private constructor(manifest: EmbeddingManifest, network: OnnxNetwork) {
    this.manifest = manifest;
    this.#network = network;
  }

  /** @throws FaceNetError MODEL_NOT_LOADABLE, DEVICE_NOT_AVAILABLE */
  static async create(manifest: EmbeddingManifest, bytes: Uint8Array, options: OnnxNetworkOptions): Promise<Embedder> {
    const network = await OnnxNetwork.create(bytes, options).catch((error: unknown) => {
      if (error instanceof FaceNetError) throw error;
      throw new FaceNetError(
        "MODEL_NOT_LOADABLE",
        { model: manifest.id, file: manifest.model.file, reason: reasonOf(error) },
        error,
      );
    });
    return new Embedder(manifest, network);
  }

  /** Number of values of one face's input: 3 x height x width. */
  get faceSize(): number {
    return 3 * this.manifest.input.width * this.manifest.input.height;
  }

  /** Cuts faces out of a photograph as network inputs, [faces, 3, height, width], planar in the model's channel order. */
  cutOut(pixels: Pixels, faces: readonly Detection[], photograph: Pick<Photograph, "width" | "height">): Float32Array {
    const { input, alignment } = this.manifest;
    return this.input(
      pixels,
      faces.map((face) => faceTransform(face, alignment, input, photograph)),
    );
  }

  /** Network inputs for parts of a photograph, each given by the transform from the input to the photograph. */
  input(pixels: Pixels, transforms: readonly Affine[]): Float32Array {
    const { width, height, mean, scale, channels, normalization } = this.manifest.input;
    const out = new Float32Array(transforms.length * this.faceSize);
    const scaling: PixelScaling = normalization === "fixed" ? { mean, scale, channels } : { mean: [0, 0, 0], scale: 1, channels };
    transforms.forEach((toImage, i) => {
      pixels.warp(toImage, { width, height, scaling, out, offset: i * this.faceSize });
    });
    if (normalization === "per-image") whitenPlanes(out, this.faceSize);
    return out;
  }

  /**
   * Embeds network inputs.
   *
   * @param faces [n, 3, height, width] as returned by {@link cutOut}
   * @param flip add the mirrored face's embedding before scaling to unit length: more accurate, at twice the cost.
   *   Default: as in the measurement of the model's thresholds
   * @returns n unit vectors
   */
  async embed(faces: Float32Array, flip = this.manifest.embedding.mirrored): Promise<Float32Array[]> {
    const count = faces.length / this.faceSize;
    const vectors: Float32Array[] = [];
    const chunk = this.manifest.input.batch === "any" ? CHUNK : this.manifest.input.batch;
    for (let start = 0; start < count; start += chunk) {
      const part = faces.subarray(start * this.faceSize, Math.min(count, start + chunk) * this.faceSize);
      const plain = await this.#run(part);
      const mirrored = flip ? await this.#run(mirrorPlanes(part, this.manifest.input.width)) : undefined;
      for (const [i, vector] of plain.entries()) {
        const other = mirrored?.[i];
        if (other) for (let k = 0; k < vector.length; k++) vector[k] = (vector[k] as number) + (other[k] as number);
        vectors.push(normalize(vector));
      }
    }
    return vectors;
  }

  async dispose(): Promise<void> {
    await this.#network.dispose();
  }

  async #run(faces: Float32Array): Promise<Float32Array[]> {
    const { input, embedding, id } = this.manifest;
    const count = faces.length / this.faceSize;
    const fixed = input.batch === "any" ? count : input.batch;
    const padded = fixed === count ? faces : new Float32Array(fixed * this.faceSize);
    if (padded !== faces) padded.set(faces);
    const feed = toNetworkLayout(padded, fixed, input);
    const [inputName, outputName] = [this.#network.inputNames[0] as string, this.#network.outputNames[0] as string];
    const outputs = await this.#network.run({ [inputName]: feed }).catch((error: unknown) => {
      throw new FaceNetError("MODEL_NOT_LOADABLE", { model: id, file: this.manifest.model.file, reason: reasonOf(error) }, error);
    });
    const { data, dims } = outputs[outputName] as { data: Float32Array; dims: readonly number[] };
    if (data.length !== fixed * embedding.size) {
      throw new FaceNetError("MODEL_UNEXPECTED_OUTPUT", {
        model: id,
        actual: `[${dims}]`,
        expected: `[${fixed},${embedding.size}]`,
      });
    }
    return Array.from({ length: count }, (_, i) => data.slice(i * embedding.size, (i + 1) * embedding.size));
  }
}
