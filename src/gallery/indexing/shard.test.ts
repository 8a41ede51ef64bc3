import { expect, test } from "vitest";
import { isOfShard, parseShard } from "./shard.ts";

const paths = Array.from({ length: 4000 }, (_, i) => `/photos/2019/IMG_${i}.jpg`);

test.each([1, 2, 3, 7, 16])(
  "with %d shards every path belongs to exactly one, and the shards are about equal in size",
  (count) => {
    const sizes = Array.from(
      { length: count },
      (_, i) => paths.filter((path) => isOfShard(path, { index: i + 1, count })).length,
    );
    expect(sizes.reduce((sum, size) => sum + size)).toBe(paths.length);
    const mean = paths.length / count;
    // within five standard deviations of the binomial
    for (const size of sizes) expect(Math.abs(size - mean)).toBeLessThanOrEqual(5 * Math.sqrt(mean));
  },
);

test("the shard of a path is stable: sha256 of its UTF-8", () => {
  // printf /photos/Zoë.jpg | sha256sum | cut -c1-12: 0x7575e22fab9d modulo 5, plus 1
  const of = [1, 2, 3, 4, 5].filter((index) => isOfShard("/photos/Zoë.jpg", { index, count: 5 }));
  expect(of).toEqual([1]);
});

test("without a shard every path belongs", () => {
  expect(paths.every((path) => isOfShard(path, undefined))).toBe(true);
});

test("i/n is parsed, anything else rejected with the rule", () => {
  expect(parseShard("3/16")).toEqual({ index: 3, count: 16 });
  for (const text of ["", "0/4", "5/4", "1", "1/0", "-1/4", "1/4/4", "a/b", "1.5/2"]) {
    expect(() => parseShard(text)).toThrowError(expect.objectContaining({ code: "OPTION_INVALID" }));
  }
});
