/**
 * Loads ONNX Runtime; the only place that does. In this order:
 *
 * 1. the package onnxruntime-node, if installed: in a checkout, or by a user for CUDA or native speed on a platform without a
 * bundled    library; 2. the native library in engine/, which the published package contains for Linux on x64 with glibc; 3.
 * WebAssembly in engine/, on every other platform: the same results on the CPU, several times slower.
 *
 * FACENET_ENGINE=native or =wasm restricts the choice. docs/decisions/0010-installing.md explains why the package contains the
 * runtime.
 */
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { FaceNetError, reasonOf } from "../errors.ts";

/** Common exports of both builds. */
export type Runtime = typeof import("onnxruntime-common");

const packages = { native: "onnxruntime-node", wasm: "onnxruntime-web" } as const;
/** "native" supports the devices of its platform, "wasm" only the CPU. */
type Build = keyof typeof packages;

// Both are CommonJS packages, loaded on demand by the first network.
const require = createRequire(import.meta.url);
const engineFolder = fileURLToPath(new URL("../../engine/", import.meta.url)); // beside src/ and dist/

/**
 * Disables the runtime's telemetry before it is loaded. No data may leave the machine; besides, version 1.30 parses the process's
 * command line for it recursively, and overflows the stack at some 12,000 characters. Worker threads only see settings of the
 * main thread.
 */
export function disableTelemetry(): void {
  process.env.ORT_DISABLE_TELEMETRY ??= "1";
}

/**
 * Loads the runtime.
 *
 * @param threads WebAssembly threads in this JavaScript thread, set by the first network; 0: one per core
 * @throws FaceNetError ENGINE_NOT_INSTALLED, OPTION_INVALID for an unknown FACENET_ENGINE
 */
export function loadRuntime(threads: number): { readonly runtime: Runtime; readonly build: Build } {
  disableTelemetry();
  const reasons: string[] = [];
  for (const build of wantedBuilds(process.env.FACENET_ENGINE)) {
    for (const place of [packages[build], `${engineFolder}${packages[build]}`]) {
      try {
        const runtime = require(place) as Runtime;
        if (build === "wasm" && threads > 0) runtime.env.wasm.numThreads = threads;
        return { runtime, build };
      } catch (error) {
        const absent = (error as NodeJS.ErrnoException).code === "MODULE_NOT_FOUND";
        // A library that exists but does not load is an error: a silent fallback would only show as slowness.
        if (!absent && !usesMusl()) throw notInstalled(reasonOf(error), error);
        reasons.push(firstLine(reasonOf(error)));
      }
    }
  }
  throw notInstalled(reasons.join("; "));
}

function wantedBuilds(wanted = ""): readonly Build[] {
  if (wanted === "") return ["native", "wasm"];
  if (wanted in packages) return [wanted as Build];
  throw new FaceNetError("OPTION_INVALID", {
    option: "FACENET_ENGINE",
    reason: `must be one of ${Object.keys(packages).join(", ")}, got ${wanted}`,
  });
}

function notInstalled(reason: string, cause?: unknown): FaceNetError {
  return new FaceNetError(
    "ENGINE_NOT_INSTALLED",
    { platform: `${process.platform}-${process.arch}`, reason: firstLine(reason) },
    cause,
  );
}

/** Without the "Require stack:" and file list that Node appends. */
function firstLine(text: string): string {
  return text.split("\n", 1)[0] as string;
}

/** Linux with musl (Alpine): native libraries are built for glibc and do not load there. */
function usesMusl(): boolean {
  if (process.platform !== "linux") return false;
  Object.assign(process.report, { excludeNetwork: true }); // avoids reverse DNS look-ups; missing in Node's types
  const { header } = process.report.getReport() as unknown as { header: { glibcVersionRuntime?: string } };
  return header.glibcVersionRuntime === undefined;
}
