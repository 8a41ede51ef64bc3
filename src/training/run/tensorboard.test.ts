import { expect, it } from "vitest";
import { eventRecord, scalarsOf, versionRecord } from "./tensorboard.ts";

it("equals the bytes of TensorBoard's own writer", () => {
  // tensorboard 2.21: EventFileWriter, with wall_time 1.5
  expect(versionRecord(1.5).toString("hex")).toBe(expected.version);
  const scalars = [
    { tag: "train/loss", value: 0.25 },
    { tag: "held-out/auc", value: 0.871 },
  ];
  expect(eventRecord(1.5, 300, scalars).toString("hex")).toBe(expected.event);
});

it("contains every figure of steps and evaluations, and no warnings", () => {
  const heldOut = { step: 5, people: 3, faces: 9, accuracy: 0.7, auc: 0.8, eer: 0.3, val: [{ far: 0.01, val: 0.2 }] };
  const tags = scalarsOf({ kind: "held-out", ...heldOut }).map(({ tag, value }) => [tag, value]);
  expect(Object.fromEntries(tags)).toMatchObject({ "held-out/auc": 0.8, "held-out/VAL at FAR 0.01": 0.2 });
  expect(scalarsOf({ kind: "advice", step: 1, advice: "x" })).toEqual([]);
});

const expected = {
  version: "1800000000000000a37f4b2209000000000000f83f1a0d627261696e2e4576656e743a322a28646c",
  event:
    "36000000000000004f578cef09000000000000f83f10ac022a280a110a0a747261696e2f6c6f7373150000803e0a130a0c68656c642d6f75742f61756315dbf95e3f4102bb41",
};
