import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { codeDistance } from "../metric/distance.ts";
import { CHUNK_ROWS } from "./code-rows.ts";
import { CodeSearch } from "./code-search.ts";
import { byDistance, type Neighbour } from "./selection.ts";

type Face = { readonly id: number; readonly code: Int8Array };

/** Reference: compares and sorts all faces. */
function naive(faces: readonly Face[], probe: Int8Array): Neighbour[] {
  return faces.map(({ id, code }) => ({ id, distance: codeDistance(code, probe) })).sort(byDistance);
}

async function indexOf(faces: readonly Face[], dimensions: number): Promise<CodeSearch> {
  const index = await CodeSearch.create({ dimensions, threads: 2 });
  index.add(
    faces.map(({ id }) => id),
    Int8Array.from(faces.flatMap(({ code }) => [...code])),
  );
  return index;
}

/** Deterministic codes from a linear congruential generator. */
function createCodes(count: number, dimensions: number): Int8Array[] {
  let state = 1;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state >>> 24) % 255;
  };
  return Array.from({ length: count }, () => Int8Array.from({ length: dimensions }, () => next() - 127));
}

/** Small numbers in few dimensions: many ties and copies, and very different lengths. */
const code = fc
  .array(fc.integer({ min: -2, max: 2 }), { minLength: 3, maxLength: 3 })
  .filter((values) => values.some(Boolean))
  .chain((values) => fc.constantFrom(1, 7, 60).map((times) => Int8Array.from(values, (value) => value * times)));
const faces = fc.uniqueArray(fc.record({ id: fc.integer({ min: -50, max: 10_000 }), code }), {
  selector: ({ id }) => id,
  maxLength: 120,
});
const probes = fc.array(code, { minLength: 1, maxLength: 5 });

describe("CodeSearch against a naive loop", () => {
  it("finds the k nearest in order, however many tie", async () => {
    await fc.assert(
      fc.asyncProperty(faces, probes, fc.integer({ min: 1, max: 150 }), async (all, wanted, k) => {
        const index = await indexOf(all, 3);
        expect(await index.search(wanted, { k })).toEqual(wanted.map((probe) => naive(all, probe).slice(0, k)));
        await index.dispose();
      }),
    );
  });

  it("finds all within a distance, including one exactly at it", async () => {
    await fc.assert(
      fc.asyncProperty(faces, probes, fc.constantFrom(-1, 0, 0.5, 2, 4), async (all, wanted, distance) => {
        const index = await indexOf(all, 3);
        const limit = all[0] && distance === 2 ? codeDistance(all[0].code, wanted[0] as Int8Array) : distance;
        const expected = wanted.map((probe) => naive(all, probe).filter((found) => found.distance <= limit));
        expect(await index.within(wanted, { distance: limit })).toEqual(expected);
        await index.dispose();
      }),
    );
  });

  it("finds the same with a filter as without the other faces", async () => {
    await fc.assert(
      fc.asyncProperty(faces, probes, fc.integer({ min: 1, max: 9 }), async (all, wanted, divisor) => {
        const index = await indexOf(all, 3);
        const kept = all.filter(({ id }) => id % divisor === 0);
        const expected = wanted.map((probe) => naive(kept, probe).slice(0, 4));
        expect(await index.search(wanted, { k: 4, where: (id) => id % divisor === 0 })).toEqual(expected);
        const ids = new Set([...kept.map(({ id }) => id), 99_999]);
        expect(await index.search(wanted, { k: 4, where: ids })).toEqual(expected);
        await index.dispose();
      }),
    );
  });

  it("forgets removed faces and finds those added since", async () => {
    await fc.assert(
      fc.asyncProperty(faces, probes, fc.nat(), async (all, wanted, odd) => {
        const index = await indexOf(all, 3);
        const gone = new Set(all.filter(({ id }) => (id ^ odd) & 1).map(({ id }) => id));
        index.remove([...gone, 55_555]);
        const left = all.filter(({ id }) => !gone.has(id));
        const added = { id: 20_000, code: wanted[0] as Int8Array };
        index.add([added.id], added.code);
        expect(index.size).toBe(left.length + 1);
        expect(Array.from(index.ids()).sort()).toEqual([...left, added].map(({ id }) => id).sort());
        expect(await index.search(wanted, { k: 5 })).toEqual(wanted.map((probe) => naive([...left, added], probe).slice(0, 5)));
        await index.dispose();
      }),
    );
  });
});

describe("CodeSearch over several chunks", () => {
  const count = CHUNK_ROWS + 700;
  const all = createCodes(count, 16).map((value, id) => ({ id, code: value }));
  const wanted = [0, CHUNK_ROWS - 1, CHUNK_ROWS, count - 1].map((row) => (all[row] as Face).code);
  let index: CodeSearch;
  beforeAll(async () => {
    index = await indexOf(all, 16);
  });
  afterAll(() => index.dispose());

  it("finds across chunks, for one and many probes", async () => {
    const expected = wanted.map((probe) => naive(all, probe));
    expect(await index.search(wanted, { k: 40 })).toEqual(expected.map((list) => list.slice(0, 40)));
    for (const [i, probe] of wanted.entries()) {
      expect(await index.search([probe], { k: 40 })).toEqual([expected[i]?.slice(0, 40)]);
      const near = expected[i]?.filter(({ distance }) => distance <= 0.7);
      expect(await index.within([probe], { distance: 0.7 })).toEqual([near]);
    }
    const many = Array.from({ length: 70 }, (_, i) => wanted[i % wanted.length] as Int8Array);
    const found = await index.search(many, { k: 3 });
    expect(found).toEqual(many.map((_, i) => expected[i % wanted.length]?.slice(0, 3)));
  });

  it("looks up a small set of ids", async () => {
    const ids = new Set([5, CHUNK_ROWS + 1, count + 9]);
    const some = all.filter(({ id }) => ids.has(id));
    expect(await index.search(wanted, { k: 5, where: ids })).toEqual(wanted.map((probe) => naive(some, probe)));
    const near = wanted.map((probe) => naive(some, probe).filter(({ distance }) => distance <= 2));
    expect(await index.within(wanted, { distance: 2, where: ids })).toEqual(near);
  });

  it("stays correct when faces are added and removed during a search", async () => {
    const moving = await indexOf(all, 16);
    const searching = moving.search(wanted, { k: 30 });
    const first = moving.search([wanted[0] as Int8Array], { k: 30 });
    const gone = all.filter(({ id }) => id % 3 === 1).map(({ id }) => id);
    await new Promise(setImmediate); // the searches are under way
    moving.remove(gone);
    moving.add([count], wanted[0] as Int8Array);
    const left = all.filter(({ id }) => id % 3 !== 1);
    expect(moving.size).toBe(left.length + 1);
    const lists = [...(await searching), ...(await first)];
    for (const [i, list] of lists.entries()) {
      // Which rows were visited before the removal is unspecified; those that stay must all be found, in order.
      const stayed = list.filter(({ id }) => id % 3 !== 1);
      expect(stayed).toEqual(naive(left, wanted[i % 4] as Int8Array).slice(0, stayed.length));
      expect(stayed.length).toBeGreaterThan(10);
    }
    const after = [...left, { id: count, code: wanted[0] as Int8Array }];
    expect(await moving.search(wanted, { k: 30 })).toEqual(wanted.map((probe) => naive(after, probe).slice(0, 30)));
    await moving.dispose();
  });
});

describe("CodeSearch", () => {
  it("agrees with codeDistance bit for bit in 128 dimensions", async () => {
    const all = createCodes(300, 128).map((value, i) => ({ id: i * 2 ** 40, code: value }));
    const index = await indexOf(all, 128);
    const probe = (all[7] as Face).code;
    expect(await index.search([probe], { k: 300 })).toEqual([naive(all, probe)]);
    expect(index.code(7 * 2 ** 40)).toEqual(probe);
    await index.dispose();
  });

  it("finds nothing in an empty index, or without probes", async () => {
    const index = await CodeSearch.create({ dimensions: 3 });
    expect(await index.search([Int8Array.of(1, 2, 3)])).toEqual([[]]);
    expect(await index.within([Int8Array.of(1, 2, 3)], { distance: 4 })).toEqual([[]]);
    expect(await index.search([])).toEqual([]);
    expect([index.size, index.code(1), index.has(1)]).toEqual([0, undefined, false]);
    await index.dispose();
  });

  it("rejects invalid input", async () => {
    const index = await CodeSearch.create({ dimensions: 3, threads: 1 });
    const probe = Int8Array.of(1, 2, 3);
    await expect(index.search([probe.subarray(1)])).rejects.toThrow(RangeError);
    await expect(index.within([new Int8Array(4).fill(1)], { distance: 1 })).rejects.toThrow(
      "3 dimensions expected, got one of 4",
    );
    await expect(index.search([new Int8Array(3)])).rejects.toThrow("no direction");
    await expect(index.search([probe], { k: 0 })).rejects.toThrow("k must be 1 or more");
    await expect(index.within([probe], { distance: Number.NaN })).rejects.toThrow(RangeError);
    await expect(CodeSearch.create({ dimensions: 0 })).rejects.toThrow(RangeError);
    await index.dispose();
  });

  it("adds all codes of a call or none", async () => {
    const index = await CodeSearch.create({ dimensions: 2, threads: 1 });
    index.add([1], Int8Array.of(1, 1));
    expect(() => index.add([2, 3], Int8Array.of(1, 1, 1))).toThrow("2 codes of 2 dimensions expected, got 3 bytes");
    expect(() => index.add([2, 3], Int8Array.of(1, 1, 0, 0))).toThrow("id 3: a code of zeros");
    expect(() => index.add([2, 1], Int8Array.of(1, 1, 1, 0))).toThrow("id 1 is there already");
    expect(() => index.add([2, 2], Int8Array.of(1, 1, 1, 0))).toThrow("id 2 is there already");
    expect(() => index.add([0.5], Int8Array.of(1, 1))).toThrow("id must be an integer");
    expect(Array.from(index.ids())).toEqual([1]);
    index.add([2], Int8Array.of(0, 1));
    expect(index.size).toBe(2);
    await index.dispose();
  });
});
