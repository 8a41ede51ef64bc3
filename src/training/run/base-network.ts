/** Base model of a training run (`--from MODEL --tune all`): its network in the training graph, and its inference settings. */
import { type ChannelTransform, importNetwork } from "../../engine/graph/imported-network.ts";
import type { Network, Parameters } from "../../engine/graph/network.ts";
import { FaceNetError } from "../../errors.ts";
import { locateModel, readCatalogue, readModelFile } from "../../models/model-store.ts";
import type { EmbeddingManifest, PixelInput } from "../../schemas/model-manifest.ts";
import { pixelScaling } from "../face-loader.ts";

/** Defaults of fine-tuning: small steps, because the network is already good, and small chunks, which only affect memory. */
export const tuningDefaults = { steps: 200, learningRate: 1e-4, chunk: 24 } as const;

export type BaseNetwork = {
  readonly network: Network;
  /** values of the parameters that are trained */
  readonly parameters: Parameters;
  readonly manifest: EmbeddingManifest;
};

/**
 * @param from id or path of an embedding model
 * @param tune "all", or the first trained layer
 * @throws FaceNetError NETWORK_NOT_TRAINABLE; OPTION_INVALID for an unknown layer; MODEL_NOT_FOUND, MODEL_DAMAGED
 */
export async function openBaseNetwork(from: string, tune: string): Promise<BaseNetwork> {
  const located = await locateModel("embedding", await baseModel(from));
  const { manifest } = located;
  const { input, alignment, id } = manifest;
  const refuse = (reason: string): never => {
    throw new FaceNetError("NETWORK_NOT_TRAINABLE", { network: id, reason });
  };
  if (input.layout !== "nchw") refuse(`it takes images as ${input.layout}`);
  if (input.normalization !== "fixed") refuse("it normalises each image by its own mean and deviation");
  if (alignment.kind !== "similarity") refuse("its faces are not aligned by landmarks");
  const transform = channelTransform(input);
  const bytes = await readModelFile(located, manifest.model);
  const size = { width: input.width, height: input.height };
  const options = { name: id, input: size, ...(transform && { transform }), ...(tune !== "all" && { from: tune }) };
  const { network, parameters } = await importNetwork(bytes, options);
  // The name identifies the file, because frozen weights are not in a checkpoint.
  return { network: { ...network, name: `${id}@${manifest.model.sha256.slice(0, 12)}` }, parameters, manifest };
}

/** A model by its id or path; an architecture alone means its shipped model with the most dimensions. */
export async function baseModel(from: string): Promise<string> {
  const { models } = await readCatalogue();
  const own = models.filter((model) => model.task === "embedding").filter(({ id }) => id.startsWith(`${from}.`));
  return own.toSorted((a, b) => b.embedding.size - a.embedding.size)[0]?.id ?? from;
}

/** Converts training images to those of the model; undefined if they are the same. */
export function channelTransform({ channels, mean, scale }: PixelInput): ChannelTransform | undefined {
  const order = channels === "rgb" ? [0, 1, 2] : [2, 1, 0];
  const factor = scale / pixelScaling.scale;
  const offsets = order.map((channel) => (pixelScaling.mean - (mean[channel] as number)) * scale);
  if (channels === "rgb" && factor === 1 && offsets.every((offset) => offset === 0)) return undefined;
  return { order, scales: order.map(() => factor), offsets };
}
