/**
 * One network in ONNX Runtime: tensors in by name, tensors out. No other file calls the runtime.
 * A run computes on the calling thread together with threads of the runtime's own: it begins in a later turn of
 * the event loop, which then waits for it.
 */
import { FaceNetError, reasonOf } from "../errors.ts";
import { loadRuntime, type Runtime } from "./runtime.ts";

/** Values of a tensor; the class of the array is the tensor's element type. */
export type TensorData = Float32Array | Float64Array | Int8Array | Uint8Array | Int32Array | BigInt64Array;

/** A dense tensor, row-major. */
export type DenseTensor<Data extends TensorData = TensorData> = { readonly data: Data; readonly dims: readonly number[] };

/** A dense float tensor, row-major. */
export type FloatTensor = DenseTensor<Float32Array>;

/**
 * A tensor that stays on the device that computed it: a network's input again, without a copy. It must be disposed of.
 */
export class DeviceTensor {
  readonly #tensor: InstanceType<Runtime["Tensor"]>;

  /** Made by {@link OnnxNetwork.runOnDevice}. */
  constructor(tensor: InstanceType<Runtime["Tensor"]>) {
    this.#tensor = tensor;
  }

  get dims(): readonly number[] {
    return this.#tensor.dims;
  }

  /** The runtime's own; for this file. */
  get native(): InstanceType<Runtime["Tensor"]> {
    return this.#tensor;
  }

  dispose(): void {
    this.#tensor.dispose();
  }
}

/** Where a network computes. Which of them exist depends on the machine; "cpu" always does. */
export const devices = ["cpu", "webgpu", "cuda"] as const;
export type Device = (typeof devices)[number];

export type OnnxNetworkOptions = {
  /** Threads of one run, 1 or more; 0 leaves the choice to the runtime. */
  readonly threads?: number;
  readonly device?: Device;
  /**
   * Whether waiting threads keep a core busy, to begin sooner. Default true. A network of short runs with other work
   * between them does better without: on two cores shared with others the k-NN graph took half as long.
   */
  readonly spin?: boolean;
  /**
   * Whether the memory of a run is kept for the next one. Default true. A network that runs seldom, on large tensors, does
   * better without.
   */
  readonly keepsMemory?: boolean;
  /**
   * Whether the runtime lays the memory of all values out beforehand, from the second run of a size on. Default true. It does so
   * beside the memory that the first run took, so that a large network takes nearly twice as much.
   */
  readonly plansMemory?: boolean;
  /** Outputs that {@link OnnxNetwork.runOnDevice} leaves where they are. Has an effect on "webgpu" alone. */
  readonly onDevice?: readonly string[];
};

export class OnnxNetwork {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  readonly #session: import("onnxruntime-common").InferenceSession;
  readonly #tensor: Runtime["Tensor"];
  /** Those that have not finished. */
  readonly #runs = new Set<Promise<unknown>>();

  private constructor(session: import("onnxruntime-common").InferenceSession, tensor: Runtime["Tensor"]) {
    this.#session = session;
    this.#tensor = tensor;
    this.inputNames = session.inputNames;
    this.outputNames = session.outputNames;
  }

  /**
   * Prepares a network from the bytes of an ONNX file.
   *
   * @throws FaceNetError DEVICE_NOT_AVAILABLE, ENGINE_NOT_INSTALLED; anything the runtime says of unreadable bytes passes through.
   */
  static async create(
    bytes: Uint8Array,
    { threads = 0, device = "cpu", spin = true, keepsMemory = true, plansMemory = true, onDevice = [] }: OnnxNetworkOptions = {},
  ): Promise<OnnxNetwork> {
    const { runtime, build } = loadRuntime(threads);
    if (device !== "cpu" && build === "wasm") {
      const reason = "WebAssembly computes on the CPU alone; a native library comes with `npm install onnxruntime-node`";
      throw new FaceNetError("DEVICE_NOT_AVAILABLE", { device, reason });
    }
    const { InferenceSession, Tensor } = runtime;
    try {
      const session = await InferenceSession.create(bytes, {
        executionProviders: device === "cpu" ? ["cpu"] : [device, "cpu"],
        intraOpNumThreads: threads,
        interOpNumThreads: 1,
        logSeverityLevel: 3,
        enableCpuMemArena: keepsMemory,
        enableMemPattern: plansMemory,
        ...(device === "webgpu" && onDevice.length > 0 && { preferredOutputLocation: locations(onDevice) }),
        extra: { session: { intra_op: { allow_spinning: spin ? "1" : "0" } } },
      });
      return new OnnxNetwork(session, Tensor);
    } catch (error) {
      if (device !== "cpu") throw new FaceNetError("DEVICE_NOT_AVAILABLE", { device, reason: reasonOf(error) }, error);
      throw error;
    }
  }

  /**
   * One run. The runtime reads the arrays of `inputs` in place: they must not change until the run has finished.
   * The output arrays belong to the caller; they are copies (onnxruntime-node 1.30 copies even what it was given an
   * array for), so a network does well to return little.
   *
   * @example
   * const { y } = await network.run<Int32Array>({ x: { data: new Int8Array(256), dims: [2, 128] } });
   */
  async run<Output extends TensorData = Float32Array>(
    inputs: Readonly<Record<string, DenseTensor>>,
  ): Promise<Record<string, DenseTensor<Output>>> {
    const outputs = await this.#run(inputs);
    return Object.fromEntries(
      Object.entries(outputs).map(([name, tensor]) => [name, { data: tensor.data as Output, dims: tensor.dims }]),
    );
  }

  /** As {@link run}, with tensors that stay on the device: those of `onDevice` come out so, any input may be one. */
  async runOnDevice(
    inputs: Readonly<Record<string, DenseTensor | DeviceTensor>>,
  ): Promise<Record<string, FloatTensor | DeviceTensor>> {
    const outputs = await this.#run(inputs);
    return Object.fromEntries(
      Object.entries(outputs).map(([name, tensor]) => [
        name,
        tensor.location === "cpu" ? { data: tensor.data as Float32Array, dims: tensor.dims } : new DeviceTensor(tensor as never),
      ]),
    );
  }

  async #run(inputs: Readonly<Record<string, DenseTensor | DeviceTensor>>) {
    const run = this.#session.run(this.#feeds(inputs));
    this.#runs.add(run);
    try {
      return await run;
    } finally {
      this.#runs.delete(run);
    }
  }

  #feeds(inputs: Readonly<Record<string, DenseTensor | DeviceTensor>>): Record<string, InstanceType<Runtime["Tensor"]>> {
    const feeds: Record<string, InstanceType<Runtime["Tensor"]>> = {};
    for (const [name, tensor] of Object.entries(inputs)) {
      if (tensor instanceof DeviceTensor) feeds[name] = tensor.native;
      else feeds[name] = new this.#tensor(elementTypeOf(tensor.data), tensor.data, tensor.dims);
    }
    return feeds;
  }

  /** Waits until runs that have begun are through: until then their inputs must stay. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#runs);
  }

  /** Frees the network's memory, once runs that have begun are through: under them it would end the process. */
  async dispose(): Promise<void> {
    await this.settled();
    await this.#session.release();
  }
}

function locations(names: readonly string[]): Record<string, "gpu-buffer"> {
  return Object.fromEntries(names.map((name) => [name, "gpu-buffer"]));
}

function elementTypeOf(data: TensorData): "float32" | "float64" | "int8" | "uint8" | "int32" | "int64" {
  if (data instanceof Float32Array) return "float32";
  if (data instanceof Float64Array) return "float64";
  if (data instanceof Int8Array) return "int8";
  if (data instanceof Uint8Array) return "uint8";
  if (data instanceof Int32Array) return "int32";
  return "int64";
}
