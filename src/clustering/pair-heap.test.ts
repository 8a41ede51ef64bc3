import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Pair, PairHeap } from "./pair-heap.ts";

describe("PairHeap", () => {
  it("pops pairs ordered by distance, then a and b", () => {
    const pair = fc.record({ a: fc.nat(9), b: fc.nat(9), distance: fc.integer({ min: 0, max: 5 }) });
    fc.assert(
      fc.property(fc.array(pair, { maxLength: 200 }), (pairs) => {
        const heap = new PairHeap();
        for (const { a, b, distance } of pairs) heap.push(a, b, distance);
        const popped: Pair[] = [];
        for (let top = heap.pop(); top; top = heap.pop()) popped.push(top);
        expect(popped).toEqual([...pairs].sort((x, y) => x.distance - y.distance || x.a - y.a || x.b - y.b));
      }),
    );
  });

  it("keeps its order when pairs are removed", () => {
    const heap = new PairHeap();
    for (let i = 0; i < 500; i++) heap.push(i, i, (i * 211) % 500);
    heap.retain((a) => a % 3 === 0);
    expect(heap.length).toBe(167);
    const popped: number[] = [];
    for (let top = heap.pop(); top; top = heap.pop()) popped.push(top.distance);
    const kept = Array.from({ length: 167 }, (_, i) => (3 * i * 211) % 500);
    expect(popped).toEqual(kept.sort((x, y) => x - y));
  });

  it("grows, and accepts pairs between pops", () => {
    const heap = new PairHeap();
    for (let i = 0; i < 5000; i++) heap.push(i, i, (i * 7919) % 5000);
    expect(heap.pop()?.distance).toBe(0);
    heap.push(1, 2, -1);
    expect(heap.pop()).toEqual({ a: 1, b: 2, distance: -1 });
    for (let i = 1; i < 5000; i++) expect(heap.pop()?.distance).toBe(i);
    expect(heap.pop()).toBeUndefined();
  });
});
