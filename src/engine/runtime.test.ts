import { afterEach, describe, expect, it, vi } from "vitest";
import { OnnxNetwork } from "./onnx-network.ts";
import { loadRuntime } from "./runtime.ts";

afterEach(() => vi.unstubAllEnvs());

describe("loadRuntime", () => {
  it("uses the installed native library", () => {
    expect(loadRuntime(1).build).toBe("native");
  });

  it("uses the build selected by FACENET_ENGINE", () => {
    vi.stubEnv("FACENET_ENGINE", "wasm");
    expect(loadRuntime(1).build).toBe("wasm");
  });

  it("rejects an unknown FACENET_ENGINE", () => {
    vi.stubEnv("FACENET_ENGINE", "gpu");
    expect(() => loadRuntime(1)).toThrow("FACENET_ENGINE: must be one of native, wasm, got gpu.");
  });
});

it("WebAssembly rejects devices other than the CPU", async () => {
  vi.stubEnv("FACENET_ENGINE", "wasm");
  await expect(OnnxNetwork.create(new Uint8Array(), { device: "webgpu" })).rejects.toMatchObject({
    code: "DEVICE_NOT_AVAILABLE",
  });
});
