import { describe, expect, it } from "vitest";
import { OnnxNetwork } from "../onnx-network.ts";
import { emitAddition, emitScaling } from "./layers/combining.ts";
import { Tape, type Value } from "./tape.ts";

async function run(tape: Tape, feeds: Record<string, readonly number[]>): Promise<Record<string, number[]>> {
  const network = await OnnxNetwork.create(tape.build(), { threads: 1 });
  const inputs = Object.entries(feeds).map(([name, values]) => [
    name,
    { data: Float32Array.from(values), dims: [values.length] },
  ]);
  const outputs = await network.run(Object.fromEntries(inputs));
  await network.dispose();
  return Object.fromEntries(Object.entries(outputs).map(([name, { data }]) => [name, Array.from(data)]));
}

/** x², whose gradient depends on x. */
function square(tape: Tape, x: Value): Value {
  const y = { name: tape.op("Mul", [x.name, x.name]), shape: x.shape };
  return tape.record(y, [x], (gradient) => [tape.op("Mul", [gradient, tape.op("Mul", [x.name, tape.scalar(2)])])]);
}

describe("Tape.backward", () => {
  it("back-propagates through operations and sums gradients of values used twice", async () => {
    const tape = new Tape();
    const x = tape.input("x", ["n"], { tracked: true });
    const y = emitAddition(tape, square(tape, square(tape, x)), emitScaling(tape, x, 3)); // x⁴ + 3x
    const gradients = tape.backward(y, tape.input("dy", ["n"]).name);
    tape.output("dx", { name: gradients.get("x") ?? "", shape: ["n"] });
    expect(await run(tape, { x: [1, 2, -1], dy: [1, 1, 10] })).toEqual({ dx: [7, 35, -10] }); // 4x³ + 3
  });

  it("requests no gradient of untracked values", () => {
    const tape = new Tape();
    const [x, fixed] = [tape.input("x", ["n"], { tracked: true }), tape.input("fixed", ["n"])];
    const asked: (readonly boolean[])[] = [];
    const y = tape.record({ name: tape.op("Mul", [x.name, fixed.name]), shape: ["n"] }, [x, fixed], (gradient, wanted) => {
      asked.push(wanted);
      return [gradient, undefined];
    });
    const gradients = tape.backward(y, tape.input("dy", ["n"]).name);
    expect(asked).toEqual([[true, false]]);
    expect([gradients.has("x"), gradients.has("fixed")]).toEqual([true, false]);
  });

  it("skips values on which the output does not depend", () => {
    const tape = new Tape();
    const x = tape.input("x", ["n"], { tracked: true });
    const other = tape.input("other", ["n"], { tracked: true });
    square(tape, other);
    expect(tape.backward(square(tape, x), tape.input("dy", ["n"]).name).has("other")).toBe(false);
  });
});
