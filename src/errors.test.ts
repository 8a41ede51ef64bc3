import { expect, test } from "vitest";
import { errorStatus, FaceNetError, faceNetErrorCodes, failureOf, reasonOf } from "./errors.ts";

const named = new Proxy({}, { get: (_, name) => `<${String(name)}>` });

test.each(faceNetErrorCodes)("%s: a sentence without command-line flags; an HTTP error; an exit code of failure", (code) => {
  const { message } = new FaceNetError(code, named);
  expect(message).not.toMatch(/(^|[\s(`])--[a-z]/);
  const { http, exitCode } = errorStatus(code);
  expect(http).toBeGreaterThanOrEqual(400);
  expect(http).toBeLessThan(600);
  expect(exitCode).toBeGreaterThan(1);
});

test("a failure does not repeat its file, nor does the reason of a system error", () => {
  const error = new FaceNetError("IMAGE_EMPTY", { image: "a.jpg" });
  expect(error.message).toBe("a.jpg: is empty (0 bytes). Copy it again from its source.");
  expect(failureOf(error)).toEqual({ code: "IMAGE_EMPTY", message: "is empty (0 bytes). Copy it again from its source." });
  for (const code of faceNetErrorCodes.filter((one) => /^(IMAGE|FACE_|HEIC|FILE_|SIDECAR|OUTPUT|FOLDER)/.test(one)))
    expect(failureOf(new FaceNetError(code, named)).message).not.toMatch(/<(image|file|folder)>/);
  const system = { code: "EINVAL", syscall: "open", path: "/a, open 'b'" };
  const unknown = Object.assign(new Error(`EINVAL: invalid argument, open '${system.path}'`), system);
  expect(reasonOf(unknown)).toBe("EINVAL: invalid argument");
});
