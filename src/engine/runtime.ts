/**
 * ONNX Runtime, whichever build of it there is; the only place that loads it. In this order:
 *
 * 1. the package onnxruntime-node, if it is installed: in a checkout, or by a user for CUDA or for native speed on a platform
 *    without a library of ours;
 * 2. the native library in engine/, which the published package carries for Linux on x64 with glibc;
 * 3. WebAssembly in engine/, for every other platform: the same results on the CPU, several times slower.
 *
 * FACENET_ENGINE=native or =wasm restricts the choice. Why the package carries the runtime: docs/decisions/0010-installing.md.
 */
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { FaceNetError, reasonOf } from "../errors.ts";

/** What both builds export. */
export type Runtime = typeof import("onnxruntime-common");

const packages = { native: "onnxruntime-node", wasm: "onnxruntime-web" } as const;
/** "native" knows the devices of its platform, "wasm" the CPU alone. */
type Build = keyof typeof packages;

// Both are CommonJS packages; the native part loads when it is required: only when a network is.
const require = createRequire(import.meta.url);
const engineFolder = fileURLToPath(new URL("../../engine/", import.meta.url)); // beside src/ and dist/

/**
 * Turns the runtime's telemetry off, before it is loaded. Nothing is to leave the machine; and version 1.30 takes the
 * process's command line apart for it, recursively, so that one of some 12,000 characters overflows the stack. Worker threads
 * see only what the main thread has set.
 */
export function disableTelemetry(): void {
  process.env.ORT_DISABLE_TELEMETRY ??= "1";
}

/**
 * Loads the runtime.
 *
 * @param threads WebAssembly's threads in this JavaScript thread, set by the first network; 0: one per core
 * @throws FaceNetError ENGINE_NOT_INSTALLED, OPTION_INVALID for another FACENET_ENGINE
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
        // A library that is there and does not load is a fault to name: falling back in silence would hide it behind slowness.
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

/** Node appends "Require stack:" and a list of files. */
function firstLine(text: string): string {
  return text.split("\n", 1)[0] as string;
}

/** Linux with musl (Alpine): native libraries are built for glibc and do not load there. */
function usesMusl(): boolean {
  if (process.platform !== "linux") return false;
  Object.assign(process.report, { excludeNetwork: true }); // reverse DNS look-ups, otherwise; Node's types lack it
  const { header } = process.report.getReport() as unknown as { header: { glibcVersionRuntime?: string } };
  return header.glibcVersionRuntime === undefined;
}
