import { describe, expect, test } from "vitest";
import * as z from "zod";
import { commands } from "./commands.ts";
import { environmentName, type Flag, flagsOf, readFlag } from "./flags.ts";

const input = z.strictObject({
  images: z.array(z.string()).min(1).describe("photographs"),
  minFaceSize: z.number().min(12).max(100).default(32).describe("smallest face"),
  far: z.number().positive().max(1).default(1e-3),
  threads: z.int().min(1).optional(),
  margin: z.number().min(0).optional(),
  folds: z.array(z.int().min(1)).optional(),
  faces: z.enum(["all", "only"]).describe("which faces").default("all"),
  flip: z.boolean().default(false),
  pairs: z.string(),
});

function flag(field: string): Flag {
  const found = flagsOf(input, ["images"]).find((one) => one.field === field);
  if (!found) throw new Error(`no flag for ${field}`);
  return found;
}

test("names are kebab-case on the command line and upper case in the environment", () => {
  expect(flag("minFaceSize").name).toBe("--min-face-size");
  expect(environmentName(flag("minFaceSize"))).toBe("FACENET_MIN_FACE_SIZE");
});

test("description, default, choices and requirement come from the schema, at any nesting depth", () => {
  expect(flag("minFaceSize")).toMatchObject({ description: "smallest face", default: 32, required: false, kind: "number" });
  expect(flag("faces")).toMatchObject({ description: "which faces", default: "all", choices: ["all", "only"] });
  expect(flag("pairs")).toMatchObject({ required: true, kind: "text" });
  expect(flag("images")).toMatchObject({ positional: true, many: true, required: true });
});

describe("readFlag", () => {
  test.each([
    ["minFaceSize", "12", 12],
    ["far", "1e-4", 1e-4],
    ["threads", "4", 4],
    ["folds", "1, 2", [1, 2]],
    ["faces", "only", "only"],
    ["flip", "yes", true],
    ["flip", "0", false],
  ])("%s from %s", (field, text, value) => {
    expect(readFlag(flag(field), text)).toEqual(value);
  });

  test.each([
    ["minFaceSize", "11.9", "--min-face-size: must be a number, at least 12 and at most 100, got 11.9."],
    ["margin", "", "--margin: must be a number, at least 0, got nothing."],
    ["minFaceSize", "many", "--min-face-size: must be a number, at least 12 and at most 100, got many."],
    ["far", "0", "--far: must be a number, more than 0 and at most 1, got 0."],
    ["threads", "1.5", "--threads: must be a whole number, at least 1, got 1.5."],
    ["folds", "1,0", "--folds: must be a whole number, at least 1, got 0."],
    ["faces", "some", "--faces: must be one of all, only, got some."],
    ["flip", "maybe", "--flip: must be true or false, got maybe."],
  ])("%s refuses %j and says the rule", (field, text, message) => {
    expect(() => readFlag(flag(field), text)).toThrow(message);
  });

  test("names the environment variable if the value came from it", () => {
    expect(() => readFlag(flag("far"), "2", "FACENET_FAR")).toThrow("FACENET_FAR: must be");
  });
});

test("a field that cannot be a flag is reported when the program is created", () => {
  expect(() => flagsOf(z.object({ box: z.object({ x: z.number() }) }), [])).toThrow("box: a field of type object");
});

test.each(commands.map(({ operation }) => [operation.name, operation] as const))(
  "each flag of %s has a description",
  (_, operation) => {
    for (const { name, description } of flagsOf(operation.input, operation.positionals)) expect(description, name).not.toBe("");
  },
);
