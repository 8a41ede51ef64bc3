import { existsSync } from "node:fs";
import { join } from "node:path";

/** Where Debian's chromium-common keeps SwiftShader, a Vulkan driver that computes on the CPU, and a Vulkan loader. */
const chromium = "/usr/lib/chromium";

/**
 * Lets child processes find SwiftShader where the machine has it and nothing else was chosen, so that WebGPU can be tested without a
 * graphics card. A process looks for libraries as it was told when it started: this comes before the tests' processes do.
 */
export function offerSoftwareVulkan(env: NodeJS.ProcessEnv = process.env): void {
  const driver = join(chromium, "vk_swiftshader_icd.json");
  if (!existsSync(driver) || env.VK_ICD_FILENAMES) return;
  env.VK_ICD_FILENAMES = driver;
  if (existsSync(join(chromium, "libvulkan.so.1")))
    env.LD_LIBRARY_PATH = [env.LD_LIBRARY_PATH, chromium].filter(Boolean).join(":");
}
