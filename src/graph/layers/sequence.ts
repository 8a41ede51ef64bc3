import type { Layer, LayerPlan } from "./layer.ts";

/** One layer after the other. */
export function sequence(name: string, layers: readonly Layer[]): Layer {
  return {
    name,
    plan(input) {
      let all: LayerPlan = { output: input, rows: [], parameters: [], masks: [] };
      for (const layer of layers) {
        const { output, rows, parameters, masks } = layer.plan(all.output);
        all = {
          output,
          rows: [...all.rows, ...rows],
          parameters: [...all.parameters, ...parameters],
          masks: [...all.masks, ...masks],
        };
      }
      return all;
    },
    emit: (x, emission) => layers.reduce((value, layer) => layer.emit(value, emission), x),
  };
}
