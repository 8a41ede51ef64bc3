import { appendFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, expect, it } from "vitest";
import { temporaryFolder } from "../../../test/temporary-folder.ts";
import { TrainingLog } from "./training-log.ts";

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await temporaryFolder("log");
  file = join(folder, "train.jsonl");
});

const advice = (step: number) => ({ kind: "advice", step, advice: `at ${step}` }) as const;

it("writes one JSON object per line", async () => {
  const log = await TrainingLog.open(file, 0);
  await log.add(advice(1), advice(2));
  await log.add(advice(3));
  expect(
    (await readFile(file, "utf8"))
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line)),
  ).toEqual([advice(1), advice(2), advice(3)]);
});

it("drops steps that will be repeated, and a truncated line", async () => {
  const log = await TrainingLog.open(file, 0);
  await log.add(advice(1), advice(2), advice(3));
  await appendFile(file, '{"kind":"adv');
  const resumed = await TrainingLog.open(file, 2);
  await resumed.add(advice(3));
  expect(resumed.lines).toEqual([advice(1), advice(2), advice(3)]);
  expect((await readFile(file, "utf8")).split("\n")).toHaveLength(4);
});

it("starts empty for a new run", async () => {
  await (await TrainingLog.open(file, 0)).add(advice(1));
  expect((await TrainingLog.open(file, 0)).lines).toEqual([]);
});

it("names the file that cannot be written", async () => {
  await expect(TrainingLog.open(join(folder, "none", "train.jsonl"), 0)).rejects.toMatchObject({ code: "OUTPUT_NOT_WRITABLE" });
});
