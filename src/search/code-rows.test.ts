import { describe, expect, it } from "vitest";
import { BLOCK_ROWS, CHUNK_ROWS, CodeRows } from "./code-rows.ts";

function rowsOf(count: number): CodeRows {
  const rows = new CodeRows(2);
  for (let i = 0; i < count; i++) rows.append(i, Int8Array.of(i % 100, -128));
  return rows;
}

describe("CodeRows", () => {
  it("returns appended codes, across chunks", () => {
    const rows = rowsOf(CHUNK_ROWS + 5);
    expect(rows.count).toBe(CHUNK_ROWS + 5);
    for (const row of [0, 99, CHUNK_ROWS - 1, CHUNK_ROWS, CHUNK_ROWS + 4]) {
      expect(rows.idAt(row)).toBe(row);
      expect(rows.codeAt(row)).toEqual(Int8Array.of(row % 100, -128));
    }
  });

  it("fills a removed row with the last one and frees an empty chunk", () => {
    const rows = rowsOf(CHUNK_ROWS + 1);
    rows.remove(3);
    expect([rows.count, rows.chunks.length]).toEqual([CHUNK_ROWS, 1]);
    expect([rows.idAt(3), rows.codeAt(3)]).toEqual([CHUNK_ROWS, Int8Array.of(CHUNK_ROWS % 100, -128)]);
    expect(rows.place(3).chunk.squares[3]).toBe((CHUNK_ROWS % 100) ** 2 + 128 ** 2);
    rows.remove(CHUNK_ROWS - 1);
    expect(rows.count).toBe(CHUNK_ROWS - 1);
  });

  it("tracks the shortest and the longest code of a block", () => {
    const rows = new CodeRows(1);
    for (let i = 1; i <= BLOCK_ROWS + 1; i++) rows.append(i, Int8Array.of(i % 2 ? -i : i));
    const { largestInverse, smallestInverse } = rows.place(0).chunk;
    expect([largestInverse[0], smallestInverse[0]]).toEqual([1, 1 / BLOCK_ROWS]);
    expect([largestInverse[1], smallestInverse[1]]).toEqual([1 / (BLOCK_ROWS + 1), 1 / (BLOCK_ROWS + 1)]);
  });
});
