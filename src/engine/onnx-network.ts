/**
 * A network in ONNX Runtime: named tensors in, named tensors out. No other file calls the runtime. A run computes on the calling
 * thread and threads of the runtime; it starts in a later turn of the event loop, which it then blocks.
 */
import { FaceNetError, reasonOf } from "../errors.ts";
import { loadRuntime, type Runtime } from "./runtime.ts";

/** Values of a tensor; the array class determines the element type. */
export type TensorData = Float32Array | Float64Array | Int8Array | Uint8Array | Int32Array | BigInt64Array;

/** A dense tensor, row-major. */
export type DenseTensor<Data extends TensorData = TensorData> = { readonly data: Data; readonly dims: readonly number[] };

/** A dense float tensor, row-major. */
export type FloatTensor = DenseTensor<Float32Array>;

/**
 * A tensor that stays on its device and can be an input again, without a copy. It must be disposed of.
 */
export class DeviceTensor {
  readonly #tensor: InstanceType<Runtime["Tensor"]>;

  /** Created by {@link OnnxNetwork.runOnDevice}. */
  constructor(tensor: InstanceType<Runtime["Tensor"]>) {
    this.#tensor = tensor;
  }

  get dims(): readonly number[] {
    return this.#tensor.dims;
  }

  /** Tensor of the runtime, for this file only. */
  get native(): InstanceType<Runtime["Tensor"]> {
    return this.#tensor;
  }

  dispose(): void {
    this.#tensor.dispose();
  }
}

/** Devices of networks. Their availability depends on the machine; "cpu" always exists. */
export const devices = ["cpu", "webgpu", "cuda"] as const;
export type Device = (typeof devices)[number];

export type OnnxNetworkOptions = {
  /** Threads per run; 0 lets the runtime choose. */
  readonly threads?: number;
  readonly device?: Device;
  /**
   * Whether waiting threads spin, to start sooner. Default true. Disable it for short runs interleaved with other work: on two
   * shared cores, the k-NN graph took half as long without.
   */
  readonly spin?: boolean;
  /**
   * Whether the memory of a run is kept for the next one. Default true. Disable it for a network that runs rarely, on large
   * tensors.
   */
  readonly keepsMemory?: boolean;
  /**
   * Whether the runtime plans the memory of all values in advance, from the second run of a size on. Default true. The plan is
   * allocated in addition to the first run's memory, so a large network takes nearly twice as much.
   */
  readonly plansMemory?: boolean;
  /** Outputs that {@link OnnxNetwork.runOnDevice} leaves on the device. Only effective on "webgpu". */
  readonly onDevice?: readonly string[];
};

export class OnnxNetwork {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  readonly #session: import("onnxruntime-common").InferenceSession;
  readonly #tensor: Runtime["Tensor"];
  /** Pending runs. */
  readonly #runs = new Set<Promise<unknown>>();

  private constructor(session: import("onnxruntime-common").InferenceSession, tensor: Runtime["Tensor"]) {
    this.#session = session;
    this.#tensor = tensor;
    this.inputNames = session.inputNames;
    this.outputNames = session.outputNames;
  }

  /**
   * Loads a network from the bytes of an ONNX file.
   *
   * @throws FaceNetError DEVICE_NOT_AVAILABLE, ENGINE_NOT_INSTALLED; errors of the runtime about invalid bytes pass through
   */
  static async create(
    bytes: Uint8Array,
    { threads = 0, device = "cpu", spin = true, keepsMemory = true, plansMemory = true, onDevice = [] }: OnnxNetworkOptions = {},
  ): Promise<OnnxNetwork> {
    const { runtime, build } = loadRuntime(threads);
    if (device !== "cpu" && build === "wasm") {
      const reason = "WebAssembly supports only the CPU; install a native library with `npm install onnxruntime-node`";
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
   * Runs the network once. The arrays of `inputs` are read in place and must not change until the run has finished. Output arrays
   * are copies that belong to the caller (onnxruntime-node 1.30 copies even into preallocated arrays), so networks should return
   * little.
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

  /** Like {@link run}, for tensors on the device: outputs in `onDevice` stay there, and any input may be a device tensor. */
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

  /** Waits for pending runs, whose inputs must not change. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#runs);
  }

  /** Frees the network's memory after pending runs; freeing it during a run would crash the process. */
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
