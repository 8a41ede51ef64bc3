import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { defaultExcludes, ignoreRules, isIgnored } from "./ignore-rules.ts";

const root = join("/", "photos");
const ignored = (lines: readonly string[], path: string, isFolder = false) =>
  isIgnored(join(root, path), isFolder, [ignoreRules(root, lines)]);

test.each([
  ["*.tif", "a/b.tif", true],
  ["*.tif", "a/b.tiff", false],
  ["/2019", "2019", true],
  ["/2019", "old/2019", false],
  ["a/*.jpg", "a/b.jpg", true],
  ["a/*.jpg", "a/c/b.jpg", false],
  ["a/**/b.jpg", "a/c/d/b.jpg", true],
  ["a/**/b.jpg", "a/b.jpg", true],
  ["raw/**", "raw/x/y.jpg", true],
  ["IMG_?.jpg", "IMG_1.jpg", true],
  ["IMG_[0-3].jpg", "IMG_4.jpg", false],
  ["IMG_[!0-3].jpg", "IMG_4.jpg", true],
  ["cafe\u0301", "caf\u00e9", true],
  ["# a comment", "# a comment", false],
  ["drafts/", "drafts", false],
])("%s and %s: %s", (line, path, expected) => {
  expect(ignored([line], path)).toBe(expected);
});

test("a pattern with a final slash matches folders only; the last matching rule applies", () => {
  expect(ignored(["drafts/"], "drafts", true)).toBe(true);
  expect(ignored(["*.jpg", "!keep.jpg"], "keep.jpg")).toBe(false);
  expect(ignored(["!keep.jpg", "*.jpg"], "keep.jpg")).toBe(true);
});

test("files of systems and programs are ignored, photographs with similar names are not", () => {
  for (const name of ["@eaDir", "#recycle", "$RECYCLE.BIN", "lost+found", "node_modules", "Album Previews.lrdata", ".Trash-1000"])
    expect(ignored(defaultExcludes, join("a", name), true), name).toBe(true);
  for (const name of ["node_modules.jpg", "recycle", "Trash", "lost and found"])
    expect(ignored(defaultExcludes, join("a", name), true), name).toBe(false);
});

test("any name, escaped, matches itself", () => {
  const name = fc.string({ minLength: 1, maxLength: 12 }).filter((text) => /^[^/\\\0\s.#!][^/\\\0\s]*$/.test(text));
  fc.assert(
    fc.property(name, (text) => {
      const pattern = text.replace(/[*?[\]]/g, "\\$&");
      expect(ignored([pattern], join("deep", text))).toBe(true);
    }),
  );
});
