import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { copyFiles } from "./copy-files.ts";

const signal = new AbortController().signal;
const contentsOf = async (folder: string): Promise<string[]> =>
  Promise.all((await readdir(folder)).sort().map((name) => readFile(join(folder, name), "utf8")));

const name = fc.constantFrom("a.jpg", "A.jpg", "b.jpg", "a-2.jpg", "\u00e9.jpg", "e\u0301.jpg", "none");
const file = fc.record({ name, content: fc.constantFrom("one", "two", "three") });

describe("copies in one folder", () => {
  it("store every content under a unique name, overwrite nothing, and are recognised the second time", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(file, { maxLength: 8 }), fc.array(file, { maxLength: 4 }), async (given, existing) => {
        const folder = await temporaryFolder("copies");
        const to = join(folder, "to");
        await mkdir(to);
        for (const one of existing) await writeFile(join(to, one.name), one.content);
        const before = new Map(
          await Promise.all((await readdir(to)).map(async (one) => [one, await readFile(join(to, one), "utf8")] as const)),
        );
        const sources: string[] = [];
        for (const [i, one] of given.entries()) {
          await mkdir(join(folder, String(i)));
          sources.push(join(folder, String(i), one.name));
          await writeFile(sources[i] as string, one.content);
        }
        const { paths, copied, known, failures } = await copyFiles(sources, to, { force: false, signal });
        expect(failures).toEqual([]);
        expect(copied + known).toBe(given.length);
        expect(new Set(paths.map((path) => basename(path).normalize("NFC").toLowerCase())).size).toBe(given.length);
        for (const [i, path] of paths.entries()) expect(await readFile(path, "utf8")).toBe(given[i]?.content);
        for (const [one, content] of before) expect(await readFile(join(to, one), "utf8")).toBe(content);
        const all = await contentsOf(to);
        expect(await copyFiles(sources, to, { force: false, signal })).toMatchObject({ paths, copied: 0, known: given.length });
        expect(await contentsOf(to)).toEqual(all);
      }),
      { numRuns: 60 },
    );
  });

  it("replace another file with force, but no folder, and not each other", async () => {
    const folder = await temporaryFolder("copies");
    for (const name of ["x", "y", "to", "to/b.jpg"]) await mkdir(join(folder, name));
    await writeFile(join(folder, "x", "a.jpg"), "new");
    await writeFile(join(folder, "y", "a.jpg"), "newer");
    await writeFile(join(folder, "y", "b.jpg"), "other");
    await writeFile(join(folder, "to", "a.jpg"), "old");
    const sources = ["x/a.jpg", "y/a.jpg", "y/b.jpg"].map((one) => join(folder, one));
    const { paths } = await copyFiles(sources, join(folder, "to"), { force: true, signal });
    expect(paths.map((path) => basename(path))).toEqual(["a.jpg", "a-2.jpg", "b-2.jpg"]);
    expect(await readFile(join(folder, "to", "a.jpg"), "utf8")).toBe("new");
  });

  it("continue after an unreadable file and a broken link", async () => {
    const folder = await temporaryFolder("copies");
    await mkdir(join(folder, "to"));
    await writeFile(join(folder, "a.jpg"), "a");
    await symlink("nowhere", join(folder, "to", "a.jpg"));
    const sources = [join(folder, "a.jpg"), join(folder, "missing.jpg")];
    const { paths, failures } = await copyFiles(sources, join(folder, "to"), { force: true, signal });
    expect(paths.map((path) => basename(path))).toEqual(["a-2.jpg"]);
    expect(failures).toMatchObject([{ code: "FILE_NOT_READABLE" }]);
  });
});
