import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { cachedVectors } from "./study-cache.ts";

let folder: string;
beforeAll(async () => {
  folder = await temporaryFolder("levels");
});

it("computes vectors once per key, and again for another key or after a failure", async () => {
  const made: string[] = [];
  const make = (name: string) => async () => {
    made.push(name);
    if (name === "fails") throw new Error("stopped");
    return new Map([["a.jpg", Float32Array.of(0.6, -0.8)]]);
  };
  const place = join(folder, "cache");
  await expect(cachedVectors(place, ["jpeg", 10], make("fails"))).rejects.toThrow("stopped");
  const first = await cachedVectors(place, ["jpeg", 10], make("first"));
  expect(await cachedVectors(place, ["jpeg", 10], make("again"))).toEqual(first);
  await cachedVectors(place, ["jpeg", 20], make("other"));
  expect(made).toEqual(["fails", "first", "other"]);
});

it("reports a write failure", async () => {
  const attempt = cachedVectors("/dev/null/cache", ["x"], async () => new Map());
  await expect(attempt).rejects.toMatchObject({ code: "OUTPUT_NOT_WRITABLE" });
});
