/** Order of the test files: the longest first, so that none runs alone at the end while the other worker is idle. */
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Vitest knows durations from earlier runs; a fresh checkout has none and would go by the size of the files. */
const longest = [
  "test/lfw.test.ts",
  "test/web/name-everybody.test.ts",
  "test/hard-times.test.ts",
  "test/train.test.ts",
  "test/cli.test.ts",
  "test/package.test.ts",
  "test/stored-calibration.test.ts",
  "test/library/library.test.ts",
  "src/models/networks/registry.test.ts",
  "test/evaluation/report-in-browser.test.ts",
  "src/gallery/store/postgres/postgres-database.test.ts",
  "test/experiment.test.ts",
  "test/gallery/corrections-survive.test.ts",
  "test/web/page.test.ts",
  "test/library/example-programs.test.ts",
  "src/operations/gallery-salvage.test.ts",
  "test/shards.test.ts",
  "test/server/kill.test.ts",
];

const rank = ({ moduleId }: TestSpecification): number => {
  const index = longest.findIndex((path) => moduleId.endsWith(`/${path}`));
  return index < 0 ? longest.length : index;
};

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}
