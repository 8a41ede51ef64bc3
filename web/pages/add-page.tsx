/** Photographs in: dropped or chosen, sent a few at a time, with what became of each; then faces into people. */
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { useMay } from "../access.ts";
import { type Added, api, type Job, messageOf } from "../api.ts";
import type { Frame } from "../frame.ts";
import { DropZone } from "../parts/drop-zone.tsx";
import { droppedFiles } from "../parts/dropped-files.ts";
import { JobProgress } from "../parts/job-progress.tsx";
import { useJob } from "../parts/use-job.ts";
import { useStrings } from "../strings.ts";

/** Photographs of one request. */
const TOGETHER = 4;

type State = { readonly done: number; readonly total: number; readonly faces: number; readonly failures: readonly Added[] };

export function AddPage({ frame }: { readonly frame: Frame }) {
  const t = useStrings();
  const [state, setState] = useState<State>();
  const mayWrite = useMay("write");
  const onEnd = useCallback(
    ({ state: end, operation, error }: Job) => {
      frame.tell(end === "done" ? t.grouped : end === "failed" && error ? error.message : t.jobStopped);
      if (end === "done" && operation === "cluster") location.hash = "#/people";
    },
    [frame.tell, t],
  );
  const { job, startJob, stopJob } = useJob(onEnd);
  const sending = useRef<AbortController | undefined>(undefined);
  useEffect(() => () => sending.current?.abort(), []);

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
              error: { code: "", message: messageOf(error) },
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
    try {
      startJob(await api.cluster());
    } catch (error) {
      frame.tell(messageOf(error));
    }
  };

  const isBusy = state !== undefined && state.done < state.total;
  if (!mayWrite) {
    return (
      <>
        <h1>{t.add}</h1>
        <p>{t.readOnly}</p>
      </>
    );
  }
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
            accept="image/*,.heic,.heif,.hif,.dng,.cr2,.cr3,.nef,.arw,.raf,.orf,.rw2,.pef"
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
      {job ? (
        <JobProgress job={job} onStop={stopJob} />
      ) : (
        <p>
          <button type="button" class="main" disabled={isBusy} onClick={group}>
            {t.group}
          </button>{" "}
          <span class="soft">{t.groupNote}</span>
        </p>
      )}
    </>
  );
}
