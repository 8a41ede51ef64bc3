import { describe, expect, it } from "vitest";
import { imageKey, parseAttributes, readAttributes } from "./read-attributes.ts";

const columnsOf = (text: string, by?: readonly string[]) =>
  Object.fromEntries(
    [...parseAttributes(text, "g.csv", by).columns].map(([column, labels]) => [column, Object.fromEntries(labels)]),
  );

describe("parseAttributes", () => {
  it("reads the labels of every column", () => {
    expect(columnsOf('age,person,place\nold,Anna,"here, there"\nyoung,Ben,\nold,Cleo,there\n')).toEqual({
      age: { Anna: "old", Ben: "young", Cleo: "old" },
      place: { Anna: "here, there", Cleo: "there" },
    });
  });

  it("reads attributes of images, named by person and file", () => {
    const text = "image,person,camera\nAnna/1.jpg,Anna,phone\nAnna/2.jpg,Anna,webcam\n";
    expect(parseAttributes(text, "g.csv").key).toBe("image");
    expect(columnsOf(text)).toEqual({ camera: { "Anna/1.jpg": "phone", "Anna/2.jpg": "webcam" } });
    expect(imageKey("/photographs/Anna/1.jpg")).toBe("Anna/1.jpg");
  });

  it("reads only the selected columns, in their order", () => {
    const text = "person,age,place,sex\nAnna,old,here,f\n";
    expect(Object.keys(columnsOf(text, ["sex", "age"]))).toEqual(["sex", "age"]);
    expect(() => columnsOf(text, ["camera"])).toThrow("g.csv, line 1: no column camera; columns: age, place, sex");
  });

  it("accepts files of spreadsheets: a byte order mark, CRLF, blank lines", () => {
    expect(columnsOf("\ufeffperson,age\r\nAnna,old\r\n\r\n")).toEqual({ age: { Anna: "old" } });
  });

  it.each([
    ["name,age\nAnna,old\n", "line 1: no column is named person or image"],
    ["person\nAnna\n", "line 1: no column of labels besides person"],
    ["person,age\nAnna,old\nAnna,young\n", "line 3: Anna appears twice"],
    ["person,age\n,old\n", "line 2: the person has no name"],
    ["image,age\n,old\n", "line 2: the image has no name"],
    ["person,age\nAnna,old,more\n", "line 2: "],
    ["person,age\n", "line 2: the file contains no label"],
    ["person,age\nAnna,\n", "line 2: the file contains no label"],
    ["", "line 1: no column is named person or image"],
  ])("refuses %j", (text, message) => {
    expect(() => parseAttributes(text, "g.csv")).toThrow(expect.objectContaining({ code: "GROUPS_INVALID" }));
    expect(() => parseAttributes(text, "g.csv")).toThrow(`g.csv, ${message}`);
  });
});

describe("readAttributes", () => {
  it("names a missing file", async () => {
    await expect(readAttributes("no-such.csv")).rejects.toMatchObject({ code: "FILE_NOT_READABLE" });
  });
});
