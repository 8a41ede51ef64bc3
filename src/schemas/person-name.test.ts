import fc from "fast-check";
import { expect, it } from "vitest";
import { Correction } from "./gallery.ts";
import { PersonName } from "./person-name.ts";

it("is normalised to one spelling of 1 to 200 characters", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 250 }), (text) => {
      const { success, data } = PersonName.safeParse(text);
      if (!success) return;
      expect(data).toBe(data.trim().normalize("NFC"));
      expect([...data].length).toBeGreaterThan(0);
      expect([...data].length).toBeLessThan(201);
      expect(PersonName.parse(data.normalize("NFD"))).toBe(data);
    }),
  );
});

it.each(["Anna", "Zoë", "Zoe\u0308", "O'Neill", "王小明", "محمد", "👩\u200d🚀 Sally", " Ben ", "x".repeat(200), "𝒜".repeat(200)])(
  "%j is a name",
  (name) => {
    expect(PersonName.safeParse(name).success).toBe(true);
  },
);

it.each([
  "",
  "  ",
  "a\nb",
  "a\u0000",
  "a\u202eb",
  "\u200bAnna",
  "a\u2066b",
  "\ud800",
  "a\udc00b",
  "x".repeat(201),
  "\u3164",
  "\u2800\u00a0",
  "\u{e0041}\u115f",
])("%j is none", (name) => {
  expect(PersonName.safeParse(name).success).toBe(false);
});

it("a person cannot be merged with themselves", () => {
  expect(Correction.safeParse({ kind: "merge", into: 3, from: 3 }).error?.issues[0]?.path).toEqual(["from"]);
  expect(Correction.safeParse({ kind: "merge", into: 3, from: 4 }).success).toBe(true);
});
