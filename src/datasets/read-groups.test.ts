import { describe, expect, it } from "vitest";
import { parseGroups, readGroups } from "./read-groups.ts";

const groupsOf = (text: string) =>
  Object.fromEntries([...parseGroups(text, "g.csv").groups].map(([name, people]) => [name, [...people]]));

describe("parseGroups", () => {
  it("makes a group of every label of every column", () => {
    expect(groupsOf('age,person,place\nold,Anna,"here, there"\nyoung,Ben,\nold,Cleo,there\n')).toEqual({
      "age: old": ["Anna", "Cleo"],
      "age: young": ["Ben"],
      "place: here, there": ["Anna"],
      "place: there": ["Cleo"],
    });
  });

  it("takes what spreadsheets write: a byte order mark, CRLF, blank lines", () => {
    expect(groupsOf("\ufeffperson,age\r\nAnna,old\r\n\r\n")).toEqual({ "age: old": ["Anna"] });
  });

  it.each([
    ["name,age\nAnna,old\n", "line 1: no column is titled person"],
    ["person\nAnna\n", "line 1: no column of labels"],
    ["person,age\nAnna,old\nAnna,young\n", "line 3: Anna is there twice"],
    ["person,age\n,old\n", "line 2: the person has no name"],
    ["person,age\nAnna,old,more\n", "line 2: "],
    ["person,age\n", "line 2: nobody has a label"],
    ["person,age\nAnna,\n", "line 2: nobody has a label"],
    ["", "line 1: no column is titled person"],
  ])("refuses %j", (text, message) => {
    expect(() => parseGroups(text, "g.csv")).toThrow(expect.objectContaining({ code: "GROUPS_INVALID" }));
    expect(() => parseGroups(text, "g.csv")).toThrow(`g.csv, ${message}`);
  });
});

describe("readGroups", () => {
  it("says which file is not there", async () => {
    await expect(readGroups("no-such.csv")).rejects.toMatchObject({ code: "FILE_NOT_READABLE" });
  });
});
