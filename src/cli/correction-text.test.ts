import { expect, test } from "vitest";
import type { Change, CorrectionRecord } from "../schemas/gallery.ts";
import { correctionText, personText } from "./correction-text.ts";

const record = (correction: Change, person: number | null = null): CorrectionRecord => ({
  id: 1,
  by: null,
  at: "2026-01-01T00:00:00.000Z",
  correction,
  person,
});
const names = { 12: "Anna" };

test.each([
  [record({ kind: "create", name: "Ben", faces: [4, 5] }, 13), "Ben (13) is a new person with faces 4 and 5."],
  [record({ kind: "create", name: null, faces: [] }, 13), "person 13 is a new person."],
  [record({ kind: "name", person: 12, name: "Anna" }, 12), "Person 12 is Anna."],
  [record({ kind: "name", person: 12, name: null }, 12), "Anna (12) has no name."],
  [record({ kind: "assign", faces: [4], person: 12 }, 12), "Face 4 is Anna (12)."],
  [record({ kind: "assign", faces: [4, 5, 6], person: null }), "Faces 4, 5 and 6 are nobody's."],
  [record({ kind: "reject", faces: [4], person: 7 }, 7), "Face 4 is not person 7."],
  [record({ kind: "merge", into: 12, from: 31 }, 12), "Person 31 is Anna (12), too."],
  [record({ kind: "split", person: 12, faces: [4, 5] }, 40), "Faces 4 and 5 of Anna (12) are another person, 40."],
  [record({ kind: "draw", faces: [9], name: "Anna" }, 12), "Face 9 was drawn by hand: Anna (12)."],
  [record({ kind: "draw", faces: [9], name: null }), "Face 9 was drawn by hand."],
  [record({ kind: "link", links: [{ a: 1, b: 2, kind: "must" }] }), "Faces 1 and 2 are one person."],
  [record({ kind: "link", links: [{ a: 1, b: 2, kind: "cannot" }] }), "Faces 1 and 2 are not one person."],
])("%#", (given, text) => {
  expect(correctionText(given, names)).toBe(text);
});

test("long lists of faces are shortened", () => {
  const faces = Array.from({ length: 12 }, (_, i) => i + 1);
  expect(correctionText(record({ kind: "assign", faces, person: null }), {})).toBe(
    "Faces 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 2 more are nobody's.",
  );
});

test("a name cannot contain terminal control sequences", () => {
  expect(personText(3, "x\u001b[31m")).toBe("x\\u001b[31m (3)");
});
