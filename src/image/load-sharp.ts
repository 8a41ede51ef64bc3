/** Loads sharp with the first photograph: its native library takes a tenth of a second, too long for commands without one. */
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

export function loadSharp(): typeof import("sharp").default {
  return require("sharp");
}
