/** What every gallery store must do about files that come, move and go. */
import { expect, it } from "vitest";
import type { GalleryStore } from "../../src/gallery/store/gallery-store.ts";
import { testFace, testFile } from "./test-files.ts";

export function describeKnownFiles(opened: () => GalleryStore): void {
  it("lists known paths in their order, without those that are gone", async () => {
    const store = opened();
    for (const name of ["b/2.jpg", "a.jpg", "b.jpg", "b/1.jpg", "gone.jpg"]) await store.recordFile(testFile(name, []));
    await store.markMissing(["/photos/gone.jpg"]);
    const all = ["/photos/a.jpg", "/photos/b.jpg", "/photos/b/1.jpg", "/photos/b/2.jpg"];
    expect(await Array.fromAsync(store.knownPaths())).toEqual(all);
    expect(await Array.fromAsync(store.knownPaths("/photos"))).toEqual(all);
    expect(await Array.fromAsync(store.knownPaths("/photos/b/"))).toEqual(all.slice(2));
    expect(await Array.fromAsync(store.knownPaths("/elsewhere"))).toEqual([]);
  });

  it("knows a photograph that has moved, whether the old path is missed before or after the new one is found", async () => {
    const store = opened();
    const { photograph } = await store.recordFile(testFile("a.jpg", [testFace(1, 2, 3, 4)], "h"));
    const paths = async () => (await store.photograph(photograph))?.paths;
    await store.recordFile(testFile("b.jpg", [], "h"));
    await store.markMissing(["/photos/a.jpg"]);
    expect(await paths()).toEqual(["/photos/b.jpg"]);
    await store.markMissing(["/photos/b.jpg"]);
    expect(await paths()).toEqual(["/photos/b.jpg"]); // where it was last
    await store.recordFile(testFile("c.jpg", [], "h"));
    expect(await paths()).toEqual(["/photos/c.jpg"]);
    expect(await store.statistics()).toMatchObject({ files: 1, missingFiles: 0, photographs: 1, faces: 1 });
  });

  it("keeps nothing of a file that could not be read and is gone", async () => {
    const store = opened();
    const { path, bytes, modifiedMs } = testFile("bad.jpg", []);
    await store.recordFailure({ path, bytes, modifiedMs, code: "IMAGE_CORRUPT", message: "cut short" });
    await store.markMissing([path]);
    expect(await store.knownFile(path)).toBeUndefined();
  });
}
