import { expect, test } from "vitest";
import { FaceNetError } from "../errors.ts";
import { errorText } from "./error-text.ts";

test("an option is printed as the flag of the command that failed", () => {
  const error = new FaceNetError("OPTION_INVALID", { option: "minFaceSize", reason: "must be at least 12" });
  expect(errorText(error, [{ field: "minFaceSize", name: "--min-face-size" }])).toBe("--min-face-size: must be at least 12.");
  expect(errorText(error)).toBe("minFaceSize: must be at least 12.");
});

test("a hint names a helpful flag", () => {
  expect(errorText(new FaceNetError("FACE_NOT_FOUND", { image: "a.jpg" }))).toMatch(
    /^a\.jpg: no face found\..* --min-face-size\.$/,
  );
  expect(errorText(new FaceNetError("IMAGE_EMPTY", { image: "a.jpg" }))).toMatch(/^a\.jpg: is empty/);
});
