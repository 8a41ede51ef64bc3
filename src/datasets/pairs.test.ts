import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { FaceNetError } from "../errors.ts";
import {
  findPairImages,
  formatPairs,
  imageNumber,
  type Pair,
  pairImagePath,
  parsePairs,
  readPairs,
  selectFolds,
} from "./pairs.ts";

describe("pairs", () => {
  // Two folds with one pair of each kind.
  const list = "2\t1\nAda\t1\t2\nAda\t1\tBob\t3\nEve\t4\t12\nBob\t2\tEve\t1\n";
  const parsed = [
    { left: { name: "Ada", index: 1 }, right: { name: "Ada", index: 2 }, same: true, fold: 1 },
    { left: { name: "Ada", index: 1 }, right: { name: "Bob", index: 3 }, same: false, fold: 1 },
    { left: { name: "Eve", index: 4 }, right: { name: "Eve", index: 12 }, same: true, fold: 2 },
    { left: { name: "Bob", index: 2 }, right: { name: "Eve", index: 1 }, same: false, fold: 2 },
  ];

  function errorOf(text: string): FaceNetError {
    try {
      parsePairs(text, "my-pairs.txt");
    } catch (error) {
      if (error instanceof FaceNetError) return error;
      throw error;
    }
    throw new Error("nothing was thrown");
  }

  describe("parsePairs", () => {
    it("reads folds of same pairs, then different pairs", () => {
      expect(parsePairs(list, "pairs.txt")).toEqual(parsed);
    });

    it.each([
      ["CRLF", list.replaceAll("\n", "\r\n")],
      ["trailing blank lines", `${list}\n  \r\n\n`],
      ["no line end at the end", list.trimEnd()],
      ["spaces for tabs", list.replaceAll("\t", "  ")],
      ["spaces and tabs in one line", list.replaceAll("Ada\t1\t", "Ada 1\t")],
      ["spaces around tabs and lines", list.replaceAll("\t", " \t ").replaceAll("\n", " \n")],
      ["a byte-order mark", `\uFEFF${list}`],
    ])("tolerates %s", (_, text) => {
      expect(parsePairs(text, "pairs.txt")).toEqual(parsed);
    });

    it("reads a single number as the pairs of one fold", () => {
      const pairs = parsePairs("2\nA\t1\t2\nB\t1\t2\nA\t1\tB\t1\nB\t2\tC\t1\n", "pairs.txt");
      expect(pairs.map(({ same, fold }) => [same, fold])).toEqual([
        [true, 1],
        [true, 1],
        [false, 1],
        [false, 1],
      ]);
    });

    it("keeps names unchanged: other alphabets, and spaces between tabs", () => {
      const decomposed = "Zoe\u0308";
      const [same, different] = parsePairs(`1\nСофья Ковалевская\t1\t2\n関孝和\t1\t${decomposed}\t2\n`, "pairs.txt");
      expect(same?.left.name).toBe("Софья Ковалевская");
      expect([different?.left.name, different?.right.name]).toEqual(["関孝和", decomposed]);
    });

    it.each([
      ["an empty file", "", 1, /folds<TAB>pairs per kind/],
      ["a header of words", "ten\t300\n", 1, /"ten\\t300"/],
      ["a header with a word for the count", "10\tx\n", 1, /folds/],
      ["a header of three numbers", "1\t1\t1\n", 1, /folds/],
      ["no folds", "0\t1\n", 1, /from 1/],
      ["a different pair among the same", "1\nA\t1\tB\t1\nA\t1\tB\t1\n", 2, /name<TAB>i<TAB>j/],
      ["a same pair among the different", "1\nA\t1\t2\nA\t1\t2\n", 3, /name1<TAB>i<TAB>name2<TAB>j/],
      ["an index of 0", "1\nA\t0\t2\nA\t1\tB\t1\n", 2, /from 1/],
      ["an index in another notation", "1\nA\t1e1\t2\nA\t1\tB\t1\n", 2, /from 1/],
      ["an index that is no whole number", "1\nA\t1.5\t2\nA\t1\tB\t1\n", 2, /from 1/],
      ["a bad index of the second person", "1\nA\t1\t2\nA\t1\tB\tx\n", 3, /from 1/],
      ["an image paired with itself", "1\nA\t2\t2\nA\t1\tB\t1\n", 2, /two different images/],
      ["one person as two", "1\nA\t1\t2\nA\t1\tA\t2\n", 3, /two different people/],
      ["a name that leaves the folder", "1\n../etc\t1\t2\nA\t1\tB\t1\n", 2, /not a path/],
      ["the parent folder as a name", "1\nA\t1\t2\nA\t1\t..\t1\n", 3, /not a path/],
      ["a Windows path as a name", "1\nA\t1\t2\nC:\\x\t1\tB\t1\n", 3, /not a path/],
      ["a blank line in the middle", "1\r\nA\t1\t2\r\n\r\nA\t1\tB\t1\r\n", 3, /got ""/],
      ["too few pairs", "2\t1\nA\t1\t2\nA\t1\tB\t1\n", 3, /ends after 2 pairs, its first line announces 4/],
      ["too many pairs", "1\nA\t1\t2\nA\t1\tB\t1\nA\t1\tC\t1\n", 4, /end of the file/],
    ])("refuses %s, naming file, line and rule", (_, text, line, rule) => {
      const error = errorOf(text);
      expect(error.code).toBe("PAIRS_INVALID");
      expect(error.data).toMatchObject({ file: "my-pairs.txt", line });
      expect(error.message).toMatch(`my-pairs.txt, line ${line}: `);
      expect(error.message).toMatch(rule);
    });

    it("does not print the whole of a file given by mistake", () => {
      expect(errorOf("x".repeat(100_000)).message.length).toBeLessThan(300);
    });
  });

  describe("pairImagePath", () => {
    it("numbers with at least four digits", () => {
      expect(pairImagePath({ name: "Ada_Lovelace", index: 7 })).toBe("Ada_Lovelace/Ada_Lovelace_0007");
      expect(pairImagePath({ name: "Ada", index: 12345 })).toBe("Ada/Ada_12345");
    });
  });

  describe("selectFolds", () => {
    it("keeps the pairs of the given folds, with unchanged numbers", () => {
      expect(selectFolds(parsePairs(list, "pairs.txt"), [2])).toEqual(parsed.slice(2));
      expect(selectFolds(parsePairs(list, "pairs.txt"), [2, 1])).toEqual(parsed);
    });

    it("rejects a fold that is not in the list", () => {
      expect(() => selectFolds(parsePairs(list, "pairs.txt"), [1, 3])).toThrow(
        new FaceNetError("OPTION_INVALID", { option: "folds", reason: "must be among 1, 2, got 3" }),
      );
    });
  });
});

describe("read pairs", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await temporaryFolder("pairs");
  });

  async function fileOf(content: string | Uint8Array): Promise<string> {
    const file = join(folder, "pairs.txt");
    await writeFile(file, content);
    return file;
  }

  describe("readPairs", () => {
    it("reads UTF-8", async () => {
      const [same] = await readPairs(await fileOf("1\nZoë\t1\t2\nZoë\t1\tBob\t1\n"));
      expect(same).toEqual({ left: { name: "Zoë", index: 1 }, right: { name: "Zoë", index: 2 }, same: true, fold: 1 });
    });

    it("names a file that is missing", async () => {
      const file = join(folder, "missing.txt");
      await expect(readPairs(file)).rejects.toMatchObject({
        code: "FILE_NOT_READABLE",
        data: { file },
        cause: { code: "ENOENT" },
      });
    });

    it("rejects Latin-1, whose names would match no folder", async () => {
      const file = await fileOf(Buffer.from("1\nZo\xEB\t1\t2\nZo\xEB\t1\tBob\t1\n", "latin1"));
      await expect(readPairs(file)).rejects.toMatchObject({
        code: "FILE_NOT_READABLE",
        data: { file, reason: "it is not UTF-8 text" },
      });
    });

    it("names the file of a bad line", async () => {
      const file = await fileOf("nonsense");
      await expect(readPairs(file)).rejects.toMatchObject({ code: "PAIRS_INVALID", data: { file, line: 1 } });
    });
  });
});

describe("write pairs", () => {
  const ref = (name: string, index: number) => ({ name, index });
  const pairs: Pair[] = [1, 2].flatMap((fold) => [
    { left: ref(`Ada ${fold}`, 1), right: ref(`Ada ${fold}`, 12), same: true, fold },
    { left: ref(`Ada ${fold}`, 1), right: ref("Zoë", fold), same: false, fold },
  ]);

  it("writes what parsePairs reads", () => {
    expect(formatPairs(pairs)).toBe("2\t1\nAda 1\t1\t12\nAda 1\t1\tZoë\t1\nAda 2\t1\t12\nAda 2\t1\tZoë\t2\n");
    expect(parsePairs(formatPairs(pairs), "pairs.txt")).toEqual(pairs);
  });

  it("rejects folds of different size", () => {
    expect(() => formatPairs(pairs.slice(1))).toThrow(RangeError);
    expect(() => formatPairs([])).toThrow(RangeError);
  });
});

describe("lfw images", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await temporaryFolder("lfw");
  });

  async function put(...files: string[]): Promise<void> {
    for (const file of files) {
      await mkdir(join(folder, file, ".."), { recursive: true });
      await writeFile(join(folder, file), "");
    }
  }

  const pairs = parsePairs("1\nAda\t1\t2\nAda\t1\tBob\t2\n", "pairs.txt");

  describe("findPairImages", () => {
    it("finds images by LFW's names and leaves out missing ones", async () => {
      await put("Ada/Ada_0001.jpg", "Ada/Ada_0002.png", "Bob/Bob_0001.jpg", "Bob/other.jpg");
      expect(await findPairImages(folder, pairs)).toEqual(
        new Map([
          ["Ada/Ada_0001", join(folder, "Ada/Ada_0001.jpg")],
          ["Ada/Ada_0002", join(folder, "Ada/Ada_0002.png")],
        ]),
      );
    });

    it("numbers images with other names within their person", async () => {
      await put("Ada/b.jpg", "Ada/a.jpg", "Ada/notes.txt", "Bob/Bob_0002.jpg");
      expect(await findPairImages(folder, pairs)).toEqual(
        new Map([
          ["Ada/Ada_0001", join(folder, "Ada/a.jpg")],
          ["Ada/Ada_0002", join(folder, "Ada/b.jpg")],
          ["Bob/Bob_0002", join(folder, "Bob/Bob_0002.jpg")],
        ]),
      );
    });

    it("names a folder that is missing", async () => {
      await expect(findPairImages(join(folder, "no"), pairs)).rejects.toMatchObject({ code: "FILE_NOT_READABLE" });
    });
  });

  it("imageNumber reads LFW's names only", () => {
    expect(["Ada_0012.jpg", "Ada_12.jpg", "Eve_0012.jpg", "Ada_0012"].map((file) => imageNumber(file, "Ada"))).toEqual([
      12,
      undefined,
      undefined,
      undefined,
    ]);
  });
});
