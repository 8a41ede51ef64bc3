import { emitAveragePooling, wholeMap } from "../operations/average-pooling.ts";
import { emitL2Pooling } from "../operations/l2-pooling.ts";
import { emitMaxPooling } from "../operations/max-pooling.ts";
import { planWindow, type WindowOptions } from "../operations/window.ts";
import type { Tape, Value } from "../tape.ts";
import { type Layer, mapOf, planOf } from "./layer.ts";

export function maxPooling(name: string, options: WindowOptions): Layer {
  return pooling(name, "max pooling", options, emitMaxPooling);
}

export function l2Pooling(name: string, options: WindowOptions): Layer {
  return pooling(name, "L2 pooling", options, emitL2Pooling);
}

/** Without options the mean of the whole map. */
export function averagePooling(name: string, options?: WindowOptions): Layer {
  return pooling(name, "average pooling", options, (tape, x) => emitAveragePooling(tape, x, options));
}

function pooling<Options extends WindowOptions | undefined>(
  name: string,
  kind: string,
  options: Options,
  pool: (tape: Tape, x: Value, options: Options) => Value,
): Layer {
  return {
    name,
    plan(input) {
      const size = mapOf(name, input);
      const { kernel, stride, height, width } = planWindow(size, options ?? wholeMap(size), name);
      return planOf({ name, kind, input, output: [size.channels, height, width], kernel: [...kernel, stride] });
    },
    emit: (x, { tape }) => pool(tape, x, options),
  };
}
