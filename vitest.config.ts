import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineConfig } from "vitest/config";
import { offerSoftwareVulkan } from "./test/graph/software-vulkan.ts";
import { LongestFirst } from "./test/longest-first.ts";
import { TallyReporter } from "./test/reporter.ts";

offerSoftwareVulkan();
const userData = mkdtempSync(join(tmpdir(), "facenet-tests-without-a-user-"));
process.on("exit", () => rmSync(userData, { recursive: true, force: true }));

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts", "scripts/**/*.test.ts"],
    setupFiles: ["test/fixed-seed.ts"],
    env: {
      XDG_DATA_HOME: userData, // what is stored for a user is not for tests
      NODE_COMPILE_CACHE: join(tmpdir(), "facenet-tests-compiled"), // the program starts in half the time
    },
    pool: "forks",
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: [["default", { summary: false }], new TallyReporter()],
    coverage: {
      provider: "v8",
      include: ["src/**/*.ts"],
      exclude: ["src/**/*.test.ts"],
      reporter: ["text", "html"],
    },
  },
});
