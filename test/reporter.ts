/**
 * Ends every run with a summary line, `12 passed, 0 failed, 3 skipped`, after a line per reason to skip. Everything else is
 * vitest's own reporter.
 */
import type { Reporter, SerializedError, TestModule, TestSuite } from "vitest/node";

type Tally = { passed: number; failed: number; skipped: number; readonly reasons: Map<string, number> };

const noTests = (): Tally => ({ passed: 0, failed: 0, skipped: 0, reasons: new Map() });

export class TallyReporter implements Reporter {
  #tally: Tally | undefined;

  onInit(vitest: { readonly config: { readonly watch: boolean } }): void {
    if (vitest.config.watch) return;
    // Coverage and warnings about open handles are printed after the tests, so this waits for the end of the process.
    process.once("exit", (code) => {
      const tally = withBrokenRun(this.#tally, code);
      if (tally.failed > 0 && code === 0) process.exitCode = 1;
      process.stdout.write(report(tally));
    });
  }

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    this.#tally = count(modules, unhandledErrors);
  }
}

/** Failures besides failed tests: a test that never ended, a broken file, suite or hook, an uncaught error. */
function count(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): Tally {
  const tally = noTests();
  tally.failed += unhandledErrors.length;
  for (const module of modules) {
    tally.failed += brokenSuites(module);
    for (const test of module.children.allTests()) {
      const result = test.result();
      if (result.state === "passed") tally.passed++;
      else if (result.state === "skipped") {
        tally.skipped++;
        if (result.note) tally.reasons.set(result.note, (tally.reasons.get(result.note) ?? 0) + 1);
      } else tally.failed++;
    }
  }
  return tally;
}

function brokenSuites(module: TestModule): number {
  const suites: (TestModule | TestSuite)[] = [module, ...module.children.allSuites()];
  return suites.filter((suite) => suite.errors().length > 0).length;
}

/** A run that never ended, or failed without a failed test (set-up, no tests found, coverage too low), shows as one failure. */
function withBrokenRun(tally: Tally | undefined, exitCode: number): Tally {
  if (tally === undefined) return { ...noTests(), failed: 1 };
  return tally.failed === 0 && exitCode !== 0 ? { ...tally, failed: 1 } : tally;
}

function report({ passed, failed, skipped, reasons }: Tally): string {
  return [
    "",
    ...[...reasons].map(([reason, tests]) => `skipped (${tests}): ${reason}`),
    `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`,
    "",
  ].join("\n");
}
