import { expect, test } from "vitest";
import { printable, printableMessage } from "./printable.ts";

test("control characters are escaped, others unchanged", () => {
  expect(printable("Zoë O'Hara-山田 👩‍👧")).toBe("Zoë O'Hara-山田 👩‍👧");
  expect(printable("a\u001b[2Jb\nc\u202ed")).toBe("a\\u001b[2Jb\\u000ac\\u202ed");
});

test("a message with a long name is shortened but keeps its beginning and end", () => {
  const message = printableMessage(`/photos/${"n".repeat(10_000)}.jpg: no such file. Check the path.`);
  expect(message.length).toBeLessThan(400);
  expect(message).toMatch(/^\/photos\/n+…\(10013 characters\)….*\.jpg: no such file\. Check the path\.$/);
});
