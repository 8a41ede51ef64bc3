/** Graph forms and devices under test; software-vulkan.ts provides WebGPU without a graphics card. */

import { type GraphForm, Tape } from "../../src/engine/graph/tape.ts";
import { type Device, OnnxNetwork } from "../../src/engine/onnx-network.ts";

export type Variant = { readonly form: GraphForm; readonly device: Device };

/** Always "cpu" and the WebGPU form on the CPU; WebGPU itself if available. */
export async function testedVariants(): Promise<Variant[]> {
  const everywhere: Variant[] = [
    { form: "cpu", device: "cpu" },
    { form: "webgpu", device: "cpu" },
  ];
  return (await hasWebGpu()) ? [...everywhere, { form: "webgpu", device: "webgpu" }] : everywhere;
}

export async function hasWebGpu(): Promise<boolean> {
  const tape = new Tape();
  tape.output("y", { name: tape.op("Neg", [tape.input("x", ["n"]).name]), shape: ["n"] });
  try {
    const network = await OnnxNetwork.create(tape.build(), { device: "webgpu", threads: 1 });
    await network.dispose();
    return true;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    process.stderr.write(`WebGPU is not tested here: ${reason.split("\n")[0]}\n`);
    return false;
  }
}
