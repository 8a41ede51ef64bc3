/** Output of edits: the change as a sentence, and not the whole list. */
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openGalleryStore } from "../src/gallery/store/open-gallery-store.ts";
import { testFace, testFile } from "./gallery/test-files.ts";
import { disposeModels, runInProcess } from "./run-in-process.ts";
import { temporaryFolder } from "./temporary-folder.ts";

let gallery: string;
beforeAll(async () => {
  gallery = join(await temporaryFolder("edits"), "gallery.db");
  const store = await openGalleryStore(gallery);
  await store.adopt({ model: "m", detector: "d", dimensions: 4, codeScale: 0.01, preprocessing: "p" });
  for (let i = 0; i < 6; i++) await store.recordFile(testFile(`${i}.jpg`, [testFace(100, i, 0, 0)]));
  for (let i = 6; i < 9; i++) await store.recordFile(testFile(`${i}.jpg`, [testFace(0, 0, 100, i)]));
  await store.close();
});
afterAll(disposeModels);

const run = async (...args: string[]) => (await runInProcess([...args, "--gallery", gallery])).stdout;

it.each([
  [["people", "--name", "Anna", "--assign", "1,2"], /^Anna \(\d+\) is a new person with faces 1 and 2\.$/],
  [["people", "--ignore", "3"], /^Face 3 is ignored\.$/],
  [["people", "Anna", "--cover", "2"], /^Face 2 is the cover of Anna \(\d+\)\.$/],
  [["people", "Anna", "--hide"], /^Anna \(\d+\) is hidden\.$/],
  [["people", "Anna", "--name", "Ann"], /^Person \d+ is Ann\.$/],
  [
    ["cluster", "--threshold", "0.5"],
    /^\d faces moved to another person, \d (person|people) new\. `facenet undo` reverts this\.\n\d people in the gallery, with \d of 9 faces\.\nThreshold: 0\.500 \(squared L2\)\.$/,
  ],
  [["cluster", "--threshold", "0.5"], /^Nothing to change\./],
])("facenet %j", async (args, expected) => {
  expect((await run(...args)).trimEnd()).toMatch(expected);
});
