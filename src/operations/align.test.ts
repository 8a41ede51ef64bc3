import { expect, test } from "vitest";
import { referenceCutOut } from "./align.ts";

test("without size and margin the model's own alignment is used", () => {
  expect(referenceCutOut({})).toBeUndefined();
});

test("size or margin alone uses the reference's default for the other", () => {
  expect(referenceCutOut({ imageSize: 182 })).toEqual({ size: 182, alignment: { kind: "crop", margin: 44 } });
  expect(referenceCutOut({ margin: 0 })).toEqual({ size: 160, alignment: { kind: "crop", margin: 0 } });
  expect(referenceCutOut({ imageSize: 182, margin: 32 })).toEqual({ size: 182, alignment: { kind: "crop", margin: 32 } });
});
