import { afterEach, describe, expect, it, vi } from "vitest";
import { OnnxNetwork } from "./onnx-network.ts";
import { loadRuntime } from "./runtime.ts";

afterEach(() => vi.unstubAllEnvs());

describe("loadRuntime", () => {
  it("takes the installed native library", () => {
    expect(loadRuntime(1).build).toBe("native");
  });

  it("takes the build that FACENET_ENGINE names", () => {
    vi.stubEnv("FACENET_ENGINE", "wasm");
    expect(loadRuntime(1).build).toBe("wasm");
  });

  it("refuses another FACENET_ENGINE", () => {
    vi.stubEnv("FACENET_ENGINE", "gpu");
    expect(() => loadRuntime(1)).toThrow("FACENET_ENGINE: must be one of native, wasm, got gpu.");
  });
});

it("WebAssembly computes on no other device than the CPU, and says so", async () => {
  vi.stubEnv("FACENET_ENGINE", "wasm");
  await expect(OnnxNetwork.create(new Uint8Array(), { device: "webgpu" })).rejects.toMatchObject({
    code: "DEVICE_NOT_AVAILABLE",
  });
});
