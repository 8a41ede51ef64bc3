import { expect, test } from "vitest";
import { errorStatus, FaceNetError, faceNetErrorCodes } from "./errors.ts";

const named = new Proxy({}, { get: (_, name) => `<${String(name)}>` });

test.each(faceNetErrorCodes)("%s: a sentence without command-line flags; an HTTP error; an exit code of failure", (code) => {
  const { message } = new FaceNetError(code, named);
  expect(message).not.toMatch(/(^|[\s(`])--[a-z]/);
  const { http, exitCode } = errorStatus(code);
  expect(http).toBeGreaterThanOrEqual(400);
  expect(http).toBeLessThan(600);
  expect(exitCode).toBeGreaterThan(1);
});
