/** Partition of files into shards by a hash of their path, the same on every machine. */
import { hash } from "node:crypto";
import { FaceNetError } from "../../errors.ts";

/** Shard `index` of `count`, counted from 1. */
export type Shard = { readonly index: number; readonly count: number };

/** @throws FaceNetError OPTION_INVALID for anything but i/n with 1 <= i <= n */
export function parseShard(text: string): Shard {
  const [, index = 0, count = 0] = (/^(\d{1,6})\/(\d{1,6})$/.exec(text) ?? []).map(Number);
  if (index < 1 || index > count) {
    const reason = `must be i/n, the shard and the number of shards: 1/4 to 4/4; got ${text === "" ? "nothing" : text}`;
    throw new FaceNetError("OPTION_INVALID", { option: "shard", reason });
  }
  return { index, count };
}

/** Without a shard every path belongs. */
export function isOfShard(path: string, shard: Shard | undefined): boolean {
  if (!shard) return true;
  return Number.parseInt(hash("sha256", path, "hex").slice(0, 12), 16) % shard.count === shard.index - 1;
}
