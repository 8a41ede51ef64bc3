import { expect, test } from "vitest";
import { exitCodes, type FaceNetErrorCode, faceNetErrorCodes } from "../errors.ts";
import { exitCodeHelp, exitCodeOfBatch, exitCodeOfError } from "./exit-codes.ts";

const failed = (...codes: FaceNetErrorCode[]) => codes.map((code) => ({ code }));

test("0 without failures, 1 with some", () => {
  expect(exitCodeOfBatch(3, [])).toBe(0);
  expect(exitCodeOfBatch(2, failed("IMAGE_CORRUPT"))).toBe(1);
});

test("if all failed for the same reason, the code of that reason, else 3", () => {
  expect(exitCodeOfBatch(0, failed("FACE_NOT_FOUND", "FACE_AMBIGUOUS"))).toBe(4);
  expect(exitCodeOfBatch(0, failed("IMAGE_NOT_FOUND"))).toBe(3);
  expect(exitCodeOfBatch(0, failed("IMAGE_NOT_FOUND", "FACE_NOT_FOUND"))).toBe(3);
});

test.each([
  ["OPTION_INVALID", 2],
  ["IMAGE_NOT_FOUND", 3],
  ["FACE_AMBIGUOUS", 4],
  ["MODEL_DAMAGED", 5],
  ["OUTPUT_NOT_WRITABLE", 6],
  ["INTERNAL", 70],
] as const)("%s is %i", (code, exitCode) => {
  expect(exitCodeOfError({ code })).toBe(exitCode);
});

test("no error exits with 0", () => {
  for (const code of faceNetErrorCodes) expect(exitCodeOfError({ code }), code).toBeGreaterThan(1);
});

test("help explains every exit code", () => {
  for (const code of Object.values(exitCodes)) expect(exitCodeHelp()).toMatch(new RegExp(`^ +${code}  \\w`, "m"));
});
