/** Photographs in: dropped or chosen, sent a few at a time, with what became of each; then faces into people. */
import { useEffect, useRef, useState } from "preact/hooks";
import { type Added, api } from "../api.ts";
import type { Frame } from "../frame.ts";
import { DropZone } from "../parts/drop-zone.tsx";
import { droppedFiles } from "../parts/dropped-files.ts";
import { useStrings } from "../strings.ts";

/** Photographs of one request. */
const TOGETHER = 4;

type State = { readonly done: number; readonly total: number; readonly faces: number; readonly failures: readonly Added[] };

export function AddPage({ frame }: { readonly frame: Frame }) {
  const t = useStrings();
  const [state, setState] = useState<State>();
  const [isGrouping, setGrouping] = useState(false);
  const sending = useRef<AbortController | undefined>(undefined);
  const watching = useRef<(() => void) | undefined>(undefined);
  useEffect(
    () => () => {
      sending.current?.abort();
      watching.current?.();
    },
    [],
  );

  const add = async (files: readonly File[]) => {
    if (files.length === 0) return;
    sending.current?.abort();
    const controller = new AbortController();
    sending.current = controller;
    setState({ done: 0, total: files.length, faces: 0, failures: [] });
    for (let first = 0; first < files.length && !controller.signal.aborted; first += TOGETHER) {
      const some = files.slice(first, first + TOGETHER);
      const added = await api.add(some, controller.signal).then(
        ({ photographs }) => photographs,
        (error: unknown) =>
          some.map(
            ({ name }): Added => ({
              image: name,
              photograph: null,
              faces: [],
              error: { code: "", message: error instanceof Error ? error.message : String(error) },
            }),
          ),
      );
      if (controller.signal.aborted) return;
      setState((before) => ({
        total: files.length,
        done: Math.min(files.length, first + TOGETHER),
        faces: (before?.faces ?? 0) + added.reduce((sum, { faces }) => sum + faces.length, 0),
        failures: [...(before?.failures ?? []), ...added.filter(({ error }) => error !== null)],
      }));
    }
  };
  const stop = () => {
    sending.current?.abort();
    setState((before) => before && { ...before, total: before.done });
  };
  const group = async () => {
    setGrouping(true);
    const end = (text: string) => {
      setGrouping(false);
      frame.tell(text);
    };
    try {
      const { id } = await api.cluster();
      watching.current = api.watch(id, ({ state: now, error }) => {
        if (now === "done") {
          end(t.grouped);
          location.hash = "#/people";
        } else if (now === "failed" || now === "cancelled") end(error?.message ?? now);
      });
    } catch (error) {
      end(error instanceof Error ? error.message : String(error));
    }
  };

  const isBusy = state !== undefined && state.done < state.total;
  return (
    <>
      <h1>{t.add}</h1>
      <DropZone label={t.dropHere} isWide onDrop={(data) => void droppedFiles(data).then(add)}>
        <p>{t.dropHere}</p>
        <label class="button">
          {t.choose}
          <input
            type="file"
            multiple
            accept="image/*,.heic,.heif"
            onChange={(event) => void add([...(event.currentTarget.files ?? [])])}
          />
        </label>
        <label class="button">
          {t.chooseFolder}
          <input
            type="file"
            {...{ webkitdirectory: true }}
            onChange={(event) => void add([...(event.currentTarget.files ?? [])])}
          />
        </label>
      </DropZone>
      {state && (
        <section aria-live="polite">
          <progress value={state.done} max={Math.max(1, state.total)} aria-label={t.adding(state.done, state.total)} />
          <p>
            {t.adding(state.done, state.total)}, {t.addedFaces(state.faces)}{" "}
            {isBusy && (
              <button type="button" onClick={stop}>
                {t.stop}
              </button>
            )}
          </p>
          {state.failures.length > 0 && (
            <details>
              <summary>
                {t.failed}: {state.failures.length}
              </summary>
              <ul>
                {state.failures.map(({ image, error }, i) => (
                  <li key={i}>{error?.message || image}</li>
                ))}
              </ul>
            </details>
          )}
        </section>
      )}
      <p>
        <button type="button" class="main" disabled={isGrouping || isBusy} onClick={group}>
          {isGrouping ? t.grouping : t.group}
        </button>
      </p>
    </>
  );
}
