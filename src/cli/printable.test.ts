import { expect, test } from "vitest";
import { printable } from "./printable.ts";

test("what a terminal would obey is written out, all else stays", () => {
  expect(printable("Zoë O'Hara-山田 👩‍👧")).toBe("Zoë O'Hara-山田 👩‍👧");
  expect(printable("a\u001b[2Jb\nc\u202ed")).toBe("a\\u001b[2Jb\\u000ac\\u202ed");
});
