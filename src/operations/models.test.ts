import { expect, test, vi } from "vitest";
import { createContext } from "./context.ts";
import { ModelList, models } from "./models.ts";

const context = createContext({ signal: new AbortController().signal, onProgress: vi.fn() });
const run = (input: object) => models.run(models.input.parse(input), context);

test("each task has one default, and each embedding model its dimensions and thresholds", async () => {
  const list = ModelList.parse(await run({})).models;
  expect(list.filter(({ isDefault }) => isDefault).map(({ task }) => task)).toEqual(["embedding", "detection"]);
  expect(list.find(({ id }) => id === "sface.opencv-128")).toMatchObject({
    dimensions: 128,
    isDefault: true,
    licence: "Apache-2.0",
  });
  for (const { task, thresholds } of list) expect(thresholds !== undefined).toBe(task === "embedding");
});

test("the size of a model is that of all its files", async () => {
  const list = ModelList.parse(await run({})).models;
  const manifest = await run({ id: "retinaface.mobilenet-025" });
  if (!("networks" in manifest)) throw new Error("a detection model was expected");
  const bytes = Object.values(manifest.networks).reduce((sum, file) => sum + file.bytes, 0);
  expect(list.find(({ id }) => id === "retinaface.mobilenet-025")?.sizeMb).toBeCloseTo(bytes / 1e6);
});

test("an unknown model is answered with the known ones", async () => {
  await expect(run({ id: "none.such" })).rejects.toThrow(/none\.such: unknown\. Known models: .*mobilefacenet\.facenet-128/);
});
