import { existsSync } from "node:fs";
import { join } from "node:path";

/** SwiftShader, a Vulkan driver on the CPU, and a Vulkan loader, in Debian's chromium-common. */
const chromium = "/usr/lib/chromium";

/**
 * Lets child processes find SwiftShader, unless another driver is configured, so that WebGPU can be tested without a graphics
 * card. A process reads its library path at start, so this runs before the tests' processes start.
 */
export function offerSoftwareVulkan(env: NodeJS.ProcessEnv = process.env): void {
  const driver = join(chromium, "vk_swiftshader_icd.json");
  if (!existsSync(driver) || env.VK_ICD_FILENAMES) return;
  env.VK_ICD_FILENAMES = driver;
  if (existsSync(join(chromium, "libvulkan.so.1")))
    env.LD_LIBRARY_PATH = [env.LD_LIBRARY_PATH, chromium].filter(Boolean).join(":");
}
