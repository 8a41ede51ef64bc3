import { expect, test } from "vitest";
import { UniqueStems } from "./align-output.ts";

test("photographs of the same name in several folders do not overwrite each other's faces", () => {
  const stems = new UniqueStems();
  const names = ["a/1.jpg", "b/1.jpg", "c/1-2.png", "d/1.JPG", "A/X.jpg", "b/x.jpg"].map((image) => stems.next(image));
  expect(names).toEqual(["1", "1-2", "1-2-2", "1-3", "X", "x-2"]);
});
