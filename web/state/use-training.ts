/** Learning curves of a training, updated while it runs. */
import { useEffect, useState } from "preact/hooks";
import type { TrainingCurves } from "../../src/schemas/report.ts";
import { api } from "../api.ts";

/** Pause before the connection is opened again. */
const AGAIN_MS = 5000;

/** @param onState called when the state changes: stopped, running, finished */
export function useTraining(id: string, first: TrainingCurves, onState: () => void): TrainingCurves {
  const [curves, setCurves] = useState(first);
  useEffect(() => {
    if (first.state === "finished") return;
    const controller = new AbortController();
    const { signal } = controller;
    let known: TrainingCurves["state"] = first.state;
    const watch = async (): Promise<void> => {
      while (!signal.aborted) {
        try {
          for await (const changes of api.watchTraining(id, signal)) {
            setCurves((before) => changed(before, changes));
            if (changes.state !== known) onState();
            known = changes.state;
            if (known === "finished") return;
          }
        } catch {
          // retried below: the service may be restarting
        }
        await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
      }
    };
    void watch();
    return () => controller.abort();
  }, [id]);
  return curves;
}

function changed(before: TrainingCurves, { state, total, points, heldOut, advice }: TrainingCurves): TrainingCurves {
  return {
    state,
    total,
    points: { from: 0, items: [...before.points.items.slice(0, points.from), ...points.items] },
    heldOut: { from: 0, items: [...before.heldOut.items.slice(0, heldOut.from), ...heldOut.items] },
    advice: { from: 0, items: [...before.advice.items.slice(0, advice.from), ...advice.items] },
  };
}
