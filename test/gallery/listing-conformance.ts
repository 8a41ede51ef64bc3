/** Conformance tests of gallery stores for paged listings. */
import { expect, it } from "vitest";
import type { GalleryStore } from "../../src/gallery/store/gallery-store.ts";
import { testFace, testFile } from "./test-files.ts";

export function describeListing(opened: () => GalleryStore): void {
  it("has a cover for each person: the largest acceptable face, or else the largest", async () => {
    const store = opened();
    const quality = (sizePx: number, acceptable: boolean) => ({ ...testFace(1, 2, 3, 4).quality, sizePx, acceptable });
    const sizes = [quality(50, true), quality(90, false), quality(60, true), quality(30, false), quality(40, false)];
    const faces = sizes.map((one) => ({ ...testFace(1, 2, 3, 4), quality: one }));
    const { faces: ids } = await store.recordFile(testFile("many.jpg", faces));
    const good = (await store.correct({ kind: "create", name: null, faces: ids.slice(0, 3) })).person ?? 0;
    const poor = (await store.correct({ kind: "create", name: null, faces: ids.slice(3) })).person ?? 0;
    const nobody = (await store.correct({ kind: "create", name: "nobody yet", faces: [] })).person ?? 0;
    expect(await store.covers([good, nobody, poor])).toEqual(
      new Map([
        [good, ids[2]],
        [poor, ids[4]],
      ]),
    );
  });

  it("reads no more faces than requested, or all if there are fewer", async () => {
    const store = opened();
    const { faces: ids } = await store.recordFile(
      testFile(
        "five.jpg",
        Array.from({ length: 5 }, () => testFace(1, 2, 3, 4)),
      ),
    );
    for (const [atMost, wanted] of [
      [2, ids.slice(0, 2)],
      [5, ids],
      [9, ids],
    ] as const) {
      const found = await Array.fromAsync(store.faces({}, atMost));
      expect(found.map(({ id }) => id)).toEqual(wanted);
    }
  });
}
