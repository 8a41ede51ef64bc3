import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import {
  contentOf,
  faultsOf,
  killAtRandom,
  makePhotographs,
  mountSmallDisk,
  randomNumbers,
  startIndexing,
} from "./gallery/hard-times.ts";
import { temporaryFolder } from "./temporary-folder.ts";

let folder: string;
let photographs: string;
let whole: string[];
beforeAll(async () => {
  folder = await temporaryFolder("hard-times");
  photographs = join(folder, "photographs");
  await makePhotographs(photographs, 18);
  const gallery = join(folder, "whole.db");
  expect((await startIndexing(photographs, gallery).ended).code).toBe(0);
  whole = await contentOf(gallery);
}, 300_000);

describe("indexing", () => {
  it("killed five times finishes as if it had not been", { timeout: 300_000 }, async () => {
    const gallery = join(folder, "killed.db");
    const random = randomNumbers(1);
    let kills = 0;
    for (let killed = true; kills < 5 && killed; kills++) {
      killed = await killAtRandom(startIndexing(photographs, gallery), gallery, random, 150);
      expect(await faultsOf(gallery, whole)).toEqual([]);
    }
    expect(kills).toBeGreaterThan(2);
    expect((await contentOf(gallery)).length).toBeGreaterThan(0);
    expect((await startIndexing(photographs, gallery).ended).code).toBe(0);
    expect(await contentOf(gallery)).toEqual(whole);
  });

  it("by two processes, one of them killed, counts nothing twice", { timeout: 300_000 }, async () => {
    const gallery = join(folder, "two.db");
    const random = randomNumbers(2);
    const steady = startIndexing(photographs, gallery);
    await killAtRandom(startIndexing(photographs, gallery), gallery, random);
    expect((await steady.ended).code).toBe(0);
    expect(await faultsOf(gallery, whole)).toEqual([]);
    expect(await contentOf(gallery)).toEqual(whole);
  });

  it("stops on a full disk, reports it, and resumes when there is space", { timeout: 300_000 }, async (context) => {
    const disk = join(folder, "disk");
    const small = await mountSmallDisk(disk, 300);
    if (!small) return context.skip("may not mount a small disk (needs root)");
    try {
      const gallery = join(disk, "gallery.db");
      const { code, stderr } = await startIndexing(photographs, gallery).ended;
      expect(code).toBe(7);
      expect(stderr).toMatch(/gallery .*gallery\.db: cannot be (written|opened) .*full/);
      await small.resize(20_000);
      expect(await faultsOf(gallery, whole)).toEqual([]);
      expect((await startIndexing(photographs, gallery).ended).code).toBe(0);
      expect(await contentOf(gallery)).toEqual(whole);
    } finally {
      await small.unmount();
    }
  });
});
