/**
 * A network in training: its parameters, the optimiser state, and three operations: embed images, accumulate the gradient over
 * chunks of images, step. Independent of losses, data and schedules.
 *
 * On "webgpu" everything except images, embeddings and their gradients stays on the device between steps.
 */

import { downloadGraph } from "../engine/graph/graph-builder.ts";
import { type ParameterPlan, volume } from "../engine/graph/layers/layer.ts";
import { checkParameters, embeddingsOutput, imagesInput, type NetworkPlan, type Parameters } from "../engine/graph/network.ts";
import {
  averageOf,
  gradientNormGraph,
  type Optimiser,
  optimiserGraph,
  type StepOptions,
  slotOf,
  slotsOf,
  stepScalars,
} from "../engine/graph/optimiser.ts";
import type { GraphForm } from "../engine/graph/tape.ts";
import {
  batchNormMomentumInput,
  beforeOf,
  embeddingGraph,
  gradientGraph,
  gradientOf,
  nextOf,
  normsOutput,
  statisticsGraph,
} from "../engine/graph/training-graph.ts";
import { type Device, DeviceTensor, type FloatTensor, OnnxNetwork, type OnnxNetworkOptions } from "../engine/onnx-network.ts";

/** Options of {@link NetworkTrainer.create}. */
export type NetworkTrainerOptions = {
  readonly optimiser: Optimiser;
  /** Weight decay: L2 added to the gradient; decoupled from it with "adamw". Default 0. */
  readonly weightDecay?: number;
  /** What weight decay applies to: weights of convolutions and fully connected layers, or every parameter. Default "weights". */
  readonly decays?: "weights" | "all";
  /** Parameters with their own rate or decay; the first group with a matching prefix applies. Default: none. */
  readonly groups?: readonly ParameterGroup[];
  /** Maximum norm of the gradient of all parameters together; a larger one is scaled down. Default: none. */
  readonly clipNorm?: number;
  /**
   * Decay of a moving average of the parameters, 0 to below 1; at most (1 + t) / (10 + t) at step t, as in TensorFlow. Default: no
   * averages.
   */
  readonly averageDecay?: number;
  /** Decay of the running statistics of batch normalisation, with the same warm-up. Default 0.99. */
  readonly batchNormMomentum?: number;
  /** Default "cpu". */
  readonly device?: Device;
  /** CPU threads; 0 lets the runtime choose. */
  readonly threads?: number;
};

/** Parameters whose names begin with `prefix`, such as a layer's name. */
export type ParameterGroup = StepOptions & { readonly prefix: string };

/** State to resume from: number of steps, and tensors named PARAMETER, PARAMETER:SLOT and PARAMETER:average. */
export type TrainerState = { readonly steps: number; readonly tensors: ReadonlyMap<string, Float32Array> };

type Tensor = FloatTensor | DeviceTensor;

/** Parameters per optimiser call: large enough for few calls, small enough to bound the memory of a step. */
const valuesPerGroup = 16_000_000;

/**
 * A network in training: parameters and optimiser state. The caller computes the loss on the embeddings; gradients accumulate over
 * chunks, so memory is bounded by the chunk.
 *
 * @example
 * import { findNetwork, initialParameters, NetworkTrainer, planNetwork } from "facenet128/training";
 * const plan = planNetwork(findNetwork("convnet-64"));
 * const trainer = NetworkTrainer.create(plan, initialParameters(plan, Math.random), { optimiser: { kind: "adam" } });
 * const images = { data: new Float32Array(4 * 3 * 64 * 64), dims: [4, 3, 64, 64] };
 * const embeddings = await trainer.embed(images);
 * await trainer.accumulate(images, embeddings); // the gradient of half the squared length of the embeddings
 * await trainer.step(0.001);
 * await trainer.dispose();
 */
export class NetworkTrainer {
  /** The network. */
  readonly plan: NetworkPlan;
  readonly #options: NetworkTrainerOptions;
  /** Parameters, slots and averages. */
  readonly #tensors = new Map<string, Tensor>();
  #gradients = new Map<string, Tensor>();
  #steps: number;
  readonly #networks = new Map<string, Promise<OnnxNetwork>>();

  private constructor(plan: NetworkPlan, options: NetworkTrainerOptions, steps: number) {
    this.plan = plan;
    this.#options = options;
    this.#steps = steps;
  }

  /**
   * Creates a trainer from parameters or a saved state.
   *
   * @param from parameters, or what {@link NetworkTrainer.save} returned
   * @throws FaceNetError PARAMETERS_MISMATCH if they do not belong to the network
   * @example
   * const state = await trainer.save();
   * const second = NetworkTrainer.create(plan, state, { optimiser: { kind: "adam" } });
   * console.log(second.steps === trainer.steps); // true
   * await second.dispose();
   */
  static create(plan: NetworkPlan, from: Parameters | TrainerState, options: NetworkTrainerOptions): NetworkTrainer {
    const { steps, tensors } = "steps" in from ? from : { steps: 0, tensors: from };
    checkParameters(plan, parametersOf({ steps, tensors }));
    const trainer = new NetworkTrainer(plan, options, steps);
    for (const { name, shape, role } of plan.parameters) {
      const keep = (tensor: string, initial: () => Float32Array) =>
        trainer.#tensors.set(tensor, { data: (tensors.get(tensor) ?? initial()).slice(), dims: shape });
      const values = () => tensors.get(name) ?? new Float32Array();
      keep(name, values);
      if (role === "state") continue;
      for (const [slot, initial] of Object.entries(slotsOf(options.optimiser)))
        keep(slotOf(name, slot), () => new Float32Array(volume(shape)).fill(initial));
      if (options.averageDecay !== undefined) keep(averageOf(name), values);
    }
    return trainer;
  }

  /** Steps taken since the start of training. */
  get steps(): number {
    return this.#steps;
  }

  /**
   * Embeds in training mode, without gradients.
   *
   * @param images [n, 3, height, width]
   * @param masks values of the plan's masks, [n, ...size] each; see {@link drawMasks}
   * @returns [n, dimensions]
   * @example
   * console.log((await trainer.embed(images)).dims); // [4, 128]
   */
  async embed(images: FloatTensor, masks: Parameters = new Map()): Promise<FloatTensor> {
    return (await this.embedWithNorms(images, masks)).embeddings;
  }

  /**
   * Like {@link NetworkTrainer.embed}, with the lengths of the embeddings before L2 normalisation.
   *
   * @returns embeddings [n, dimensions]; norms [n], undefined if the network does not end in an L2 normalisation
   * @example
   * console.log((await trainer.embedWithNorms(images)).norms?.dims); // [4]
   */
  async embedWithNorms(
    images: FloatTensor,
    masks: Parameters = new Map(),
  ): Promise<{ embeddings: FloatTensor; norms: FloatTensor | undefined }> {
    const network = await this.#network("embed", () => embeddingGraph(this.plan, this.#form));
    const { [embeddingsOutput]: embeddings, [normsOutput]: norms } = await network.runOnDevice(this.#inputs(images, masks));
    return { embeddings: embeddings as FloatTensor, norms: norms as FloatTensor | undefined };
  }

  /**
   * Adds the gradient of a chunk to the sum since the last step, and updates the running statistics of batch normalisation.
   *
   * @param gradient [n, dimensions] dLoss/dEmbedding of the same images, embedded with the same masks
   * @example
   * await trainer.accumulate(images, { data: new Float32Array(4 * 128).fill(0.1), dims: [4, 128] });
   */
  async accumulate(images: FloatTensor, gradient: FloatTensor, masks: Parameters = new Map()): Promise<void> {
    const states = this.#named("state").map(nextOf);
    const outputs = [...this.#named("trained").map(gradientOf), ...states];
    const { batchNormMomentum = 0.99 } = this.#options;
    const network = await this.#network("accumulate", () => gradientGraph(this.plan, this.#form), { onDevice: outputs });
    const inputs = { ...this.#inputs(images, masks), [gradientOf(embeddingsOutput)]: gradient };
    for (const name of this.#named("state")) inputs[name] = this.#tensor(name);
    inputs[batchNormMomentumInput] = scalar(warmedUp(batchNormMomentum, this.#steps + 1));
    const before = this.#gradients;
    for (const { name, shape, role } of this.plan.parameters)
      if (role === "trained") inputs[beforeOf(name)] = before.get(name) ?? { data: Float32Array.of(0), dims: shape.map(() => 1) };
    const results = await network.runOnDevice(inputs);
    this.#gradients = new Map(this.#named("trained").map((name) => [name, results[gradientOf(name)] as Tensor]));
    for (const tensor of before.values()) release(tensor);
    for (const name of this.#named("state")) this.#replace(name, results[nextOf(name)] as Tensor);
  }

  /**
   * Applies the optimiser to the accumulated gradient and clears it.
   *
   * @param rate learning rate
   * @returns norm of the gradient before clipping; undefined without `clipNorm`
   * @example
   * await trainer.accumulate(images, await trainer.embed(images));
   * await trainer.step(0.001);
   */
  async step(rate: number): Promise<number | undefined> {
    if (this.#gradients.size === 0) throw new Error("step: nothing was accumulated");
    const { optimiser, averageDecay, clipNorm } = this.#options;
    const averages = averageDecay !== undefined;
    const norm = clipNorm === undefined ? undefined : await this.#gradientNorm();
    this.#steps++;
    const shared: Record<string, FloatTensor> = {
      rate: scalar(rate),
      gradientScale: scalar(clipNorm === undefined || norm === undefined ? 1 : Math.min(1, clipNorm / (norm + 1e-6))),
      ...(averages && { averageDecay: scalar(warmedUp(averageDecay, this.#steps)) }),
    };
    for (const [name, value] of Object.entries(stepScalars(optimiser, this.#steps))) shared[name] = scalar(value);
    const optionsOf = (parameter: ParameterPlan) => this.#stepOptions(parameter);
    for (const [i, group] of this.#groups().entries()) {
      const kept = group.map(({ name }) => [
        name,
        ...Object.keys(slotsOf(optimiser)).map((slot) => slotOf(name, slot)),
        ...(averages ? [averageOf(name)] : []),
      ]);
      const build = () => optimiserGraph(group, optimiser, { form: this.#form, optionsOf, averages });
      const network = await this.#network(`step ${i}`, build, { onDevice: kept.flat().map(nextOf), keepsMemory: false });
      const inputs: Record<string, Tensor> = { ...shared };
      for (const name of kept.flat()) inputs[name] = this.#tensor(name);
      for (const { name } of group) inputs[gradientOf(name)] = this.#gradients.get(name) as Tensor;
      const results = await network.runOnDevice(inputs);
      for (const name of kept.flat()) this.#replace(name, results[nextOf(name)] as Tensor);
      for (const { name } of group) release(this.#gradients.get(name) as Tensor);
    }
    this.#gradients = new Map();
    return norm;
  }

  /**
   * Recomputes the statistics of batch normalisation as the mean over chunks, with the parameters used for inference, instead of
   * the moving average of training.
   *
   * @param chunks images with their masks
   * @param averaged uses the moving averages of the parameters, if kept
   * @returns by name; empty for a network without batch normalisation or no chunk
   * @example
   * const statistics = await trainer.estimateStatistics([{ images, masks: new Map() }], false);
   * console.log(statistics.has("conv1.norm.mean")); // true
   */
  async estimateStatistics(
    chunks: Iterable<{ readonly images: FloatTensor; readonly masks: Parameters }>,
    averaged = true,
  ): Promise<Map<string, Float32Array>> {
    const names = this.#named("state");
    const sums = new Map(names.map((name) => [name, new Float32Array(volume(this.#tensor(name).dims))]));
    if (names.length === 0) return new Map();
    const network = await this.#network("statistics", () => statisticsGraph(this.plan, this.#form));
    let count = 0;
    for (const { images, masks } of chunks) {
      const inputs = this.#inputs(images, masks);
      if (averaged)
        for (const name of this.#named("trained")) inputs[name] = this.#tensors.get(averageOf(name)) ?? this.#tensor(name);
      const results = await network.runOnDevice(inputs);
      count++;
      for (const [name, sum] of sums)
        for (const [i, value] of (results[nextOf(name)] as FloatTensor).data.entries()) sum[i] = (sum[i] as number) + value;
    }
    if (count === 0) return new Map();
    return new Map([...sums].map(([name, sum]) => [name, sum.map((value) => value / count)]));
  }

  /**
   * A copy of parameters, optimiser state and step count.
   *
   * @example
   * const { steps, tensors } = await trainer.save();
   * console.log(tensors.has("conv1.weight")); // true
   */
  async save(): Promise<TrainerState> {
    const tensors = new Map<string, Float32Array>();
    for (const [name, tensor] of this.#tensors) tensors.set(name, await this.#download(tensor));
    return { steps: this.#steps, tensors };
  }

  /**
   * The gradient accumulated since the last step, by parameter.
   *
   * @example
   * await trainer.accumulate(images, await trainer.embed(images));
   * console.log((await trainer.gradients()).get("conv1.weight")?.length); // 432
   */
  async gradients(): Promise<Map<string, Float32Array>> {
    const copies = new Map<string, Float32Array>();
    for (const [name, tensor] of this.#gradients) copies.set(name, await this.#download(tensor));
    return copies;
  }

  /**
   * Frees all memory after running calls have ended.
   *
   * @example
   * await trainer.dispose();
   */
  async dispose(): Promise<void> {
    const networks = await Promise.all(this.#networks.values());
    for (const network of networks) await network.settled();
    for (const tensor of [...this.#tensors.values(), ...this.#gradients.values()]) release(tensor);
    for (const network of networks) await network.dispose();
  }

  /** Norm over all accumulated gradients. */
  async #gradientNorm(): Promise<number> {
    let squares = 0;
    for (const [i, group] of this.#groups().entries()) {
      const build = () => gradientNormGraph(group, { form: this.#form });
      const network = await this.#network(`norm ${i}`, build, { keepsMemory: false });
      const inputs = Object.fromEntries(group.map(({ name }) => [gradientOf(name), this.#gradients.get(name) as Tensor]));
      const { squares: sum } = await network.runOnDevice(inputs);
      squares += (sum as FloatTensor).data[0] as number;
    }
    return Math.sqrt(squares);
  }

  #stepOptions({ name, decays: isWeight }: ParameterPlan): StepOptions {
    const { weightDecay = 0, decays = "weights", groups = [] } = this.#options;
    const common = { weightDecay: isWeight || decays === "all" ? weightDecay : 0 };
    const { prefix: _, ...own } = groups.find(({ prefix }) => name.startsWith(prefix)) ?? { prefix: "" };
    return { ...common, ...own };
  }

  get #form(): GraphForm {
    return this.#options.device === "webgpu" ? "webgpu" : "cpu";
  }

  #named(role: "trained" | "state"): string[] {
    return this.plan.parameters.filter((parameter) => parameter.role === role).map(({ name }) => name);
  }

  /** A network of the trainer, created on first use. */
  #network(key: string, build: () => Uint8Array, options: OnnxNetworkOptions = {}): Promise<OnnxNetwork> {
    const { device = "cpu", threads = 0 } = this.#options;
    // Spinning threads would take the cores that decode the next images; see docs/decisions/0007-training-graphs.md.
    const common = { device, threads, spin: false, plansMemory: false };
    const network = this.#networks.get(key) ?? OnnxNetwork.create(build(), { ...common, ...options });
    this.#networks.set(key, network);
    return network;
  }

  /** Images, masks and trained parameters. */
  #inputs(images: FloatTensor, masks: Parameters): Record<string, Tensor> {
    const inputs: Record<string, Tensor> = { [imagesInput]: images };
    for (const name of this.#named("trained")) inputs[name] = this.#tensor(name);
    for (const { name, size } of this.plan.masks) {
      const dims = [images.dims[0] ?? 0, ...size];
      inputs[name] = { data: masks.get(name) ?? new Float32Array(volume(dims)).fill(1), dims };
    }
    return inputs;
  }

  /** Trained parameters in network order, in groups of bounded size. */
  #groups(): NetworkPlan["parameters"][] {
    const groups: NetworkPlan["parameters"][number][][] = [];
    let room = 0;
    for (const parameter of this.plan.parameters.filter(({ role }) => role === "trained")) {
      const size = volume(parameter.shape);
      if (size > room || groups.length === 0) {
        groups.push([]);
        room = valuesPerGroup;
      }
      groups.at(-1)?.push(parameter);
      room -= size;
    }
    return groups;
  }

  #tensor(name: string): Tensor {
    const tensor = this.#tensors.get(name);
    if (!tensor) throw new Error(`${name}: not kept`);
    return tensor;
  }

  #replace(name: string, next: Tensor): void {
    release(this.#tensor(name));
    this.#tensors.set(name, next);
  }

  async #download(tensor: Tensor): Promise<Float32Array> {
    if (!(tensor instanceof DeviceTensor)) return tensor.data.slice();
    const rank = tensor.dims.length;
    const network = await this.#network(`download ${rank}`, () => downloadGraph(rank));
    const { y } = await network.runOnDevice({ x: tensor });
    return (y as FloatTensor).data;
  }
}

/**
 * Extracts the parameters from a state, for {@link inferenceModel}.
 *
 * @param averaged takes the moving averages, if kept. Default false.
 * @example
 * import { findNetwork, initialParameters, parametersOf, planNetwork } from "facenet128/training";
 * const plan = planNetwork(findNetwork("convnet-64"));
 * const parameters = parametersOf({ steps: 0, tensors: initialParameters(plan, Math.random) });
 * console.log(parameters.size === plan.parameters.length); // true
 */
export function parametersOf({ tensors }: TrainerState, averaged = false): Map<string, Float32Array> {
  const own = [...tensors].filter(([name]) => !name.includes(":"));
  return new Map(own.map(([name, values]) => [name, (averaged ? tensors.get(averageOf(name)) : undefined) ?? values]));
}

const scalar = (value: number): FloatTensor => ({ data: Float32Array.of(value), dims: [] });

/**
 * TensorFlow's warm-up of a moving average (tf.train.ExponentialMovingAverage with num_updates), so that initial values fade
 * soon.
 */
const warmedUp = (decay: number, step: number): number => Math.min(decay, (1 + step) / (10 + step));

/** Frees a tensor without waiting for garbage collection: those of NN1 would pile up at 560 MB each. */
function release(tensor: Tensor): void {
  if (tensor instanceof DeviceTensor) tensor.dispose();
  else (tensor.data.buffer as ArrayBuffer).transfer(0);
}
