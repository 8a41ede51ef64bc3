import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { IdTable } from "./id-table.ts";

describe("IdTable", () => {
  it("behaves like a Map under random operations", () => {
    const id = fc.oneof(fc.integer({ min: 0, max: 40 }), fc.maxSafeInteger());
    fc.assert(
      fc.property(fc.array(fc.tuple(id, fc.boolean()), { maxLength: 300 }), (steps) => {
        const rows: number[] = [];
        const table = new IdTable((row) => rows[row] as number);
        const map = new Map<number, number>();
        for (const [value, isKept] of steps) {
          if (isKept && !map.has(value)) {
            map.set(value, rows.push(value) - 1);
            table.set(value, rows.length - 1);
          } else if (!isKept) {
            map.delete(value);
            table.delete(value);
          }
        }
        for (const [value] of steps) expect(table.rowOf(value)).toBe(map.get(value));
      }),
    );
  });

  it("stores 200,000 ids, close together or 2^32 apart", () => {
    for (const step of [1, 2 ** 32]) {
      const table = new IdTable((row) => row * step);
      for (let row = 0; row < 200_000; row++) table.set(row * step, row);
      for (let row = 0; row < 200_000; row += 997) expect(table.rowOf(row * step)).toBe(row);
      expect(table.rowOf(200_000 * step)).toBeUndefined();
    }
  });

  it("updates the row of an id", () => {
    const table = new IdTable(() => 7);
    table.set(7, 3);
    table.set(7, 1);
    expect(table.rowOf(7)).toBe(1);
  });
});
