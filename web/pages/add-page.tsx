/** Upload page: photographs dropped or chosen, with the result of each. Uploads continue on other pages. */
import { useMay } from "../access.ts";
import type { Job } from "../api.ts";
import { FileButton } from "../parts/file-button.tsx";
import { Icon } from "../parts/icon.tsx";
import { photographLink } from "../routes.ts";
import { type Upload, uploads, useUploads } from "../state/uploads.ts";
import type { WatchedJob } from "../state/use-loaded.ts";
import { useTitle } from "../state/use-title.ts";
import { type Strings, useStrings } from "../strings/strings.ts";
import { countText, errorText, percentText } from "../texts.ts";

/** Rows shown of those under way and of those that are done. */
const SHOWN = 50;

export function AddPage({ watched: { job, stopJob }, onGroup }: { readonly watched: WatchedJob; readonly onGroup: () => void }) {
  const t = useStrings();
  const mayWrite = useMay("write");
  const { list, counts, isBusy } = useUploads();
  useTitle(t.addPhotographs);
  if (!mayWrite) {
    return (
      <>
        <h1>{t.addPhotographs}</h1>
        <p>{t.readOnly}</p>
      </>
    );
  }
  const failed = list.filter(({ state }) => state === "failed");
  const open = list.filter(({ state }) => state !== "failed" && state !== "done");
  const done = list.filter(({ state }) => state === "done");
  const bytes = (some: readonly Upload[], share: (upload: Upload) => number) =>
    some.reduce((sum, upload) => sum + upload.file.size * share(upload), 0);
  return (
    <>
      <header class="page-head">
        <h1>{t.addPhotographs}</h1>
        <p class="soft">{t.addNote}</p>
      </header>
      <div class="drop-target" data-drop="add">
        <Icon name="upload" size={40} />
        <p>{t.dropHere}</p>
        <div class="row centre">
          <FileButton label={t.choose} isMain areSeveral onFiles={(files) => uploads.add(files)} />
          <FileButton label={t.chooseFolder} isFolder areSeveral onFiles={(files) => uploads.add(files)} />
        </div>
      </div>
      {list.length > 0 && (
        <section class="uploads" aria-label={t.uploads}>
          <progress
            value={bytes(list, ({ state, sent }) => (state === "done" || state === "failed" ? 1 : sent))}
            max={Math.max(
              1,
              bytes(list, () => 1),
            )}
            aria-label={t.adding(counts.done, counts.total)}
          />
          <div class="row">
            <p class="grow" role="status">
              {t.adding(counts.done, counts.total)}, {t.addedFaces(counts.faces)}
            </p>
            {isBusy && (
              <button type="button" onClick={() => uploads.stop()}>
                {t.stop}
              </button>
            )}
          </div>
          {failed.length > 0 && (
            <div class="failures">
              <div class="row">
                <h2 class="grow">{t.failedCount(failed.length)}</h2>
                <button type="button" onClick={() => uploads.retry(failed.map(({ id }) => id))}>
                  {t.retryAll}
                </button>
              </div>
              <ul>
                {failed.map((upload) => (
                  <li key={upload.id}>
                    <span class="grow">
                      <b>{upload.file.name}</b>
                      <small class="error">{errorText(upload.error, t)}</small>
                    </span>
                    <button type="button" aria-label={t.retryOf(upload.file.name)} onClick={() => uploads.retry([upload.id])}>
                      {t.retry}
                    </button>
                  </li>
                ))}
              </ul>
            </div>
          )}
          <ul class="upload-list" aria-label={t.uploads}>
            {[...open.slice(0, SHOWN), ...done.slice(-SHOWN).reverse()].map((upload) => (
              <li key={upload.id}>
                <span class="grow">
                  {upload.photograph === null ? (
                    upload.file.name
                  ) : (
                    <a href={photographLink(upload.photograph)}>{upload.file.name}</a>
                  )}
                </span>
                <small class="soft">{stateText(upload, t)}</small>
                {upload.state === "sending" && <progress value={upload.sent} max={1} aria-label={upload.file.name} />}
              </li>
            ))}
          </ul>
        </section>
      )}
      {job ? (
        <JobProgress job={job} onStop={stopJob} />
      ) : (
        <p class="row">
          <button type="button" disabled={isBusy} onClick={onGroup}>
            {t.group}
          </button>
          <span class="soft">{t.groupNote}</span>
        </p>
      )}
    </>
  );
}

function stateText({ state, sent, faces, pauseSeconds }: Upload, t: Strings): string {
  switch (state) {
    case "waiting":
      return t.uploadWaiting;
    case "sending":
      return percentText(Math.round(sent * 100) / 100, t);
    case "working":
      return t.uploadWorking;
    case "pausing":
      return t.uploadPausing(countText(pauseSeconds, t));
    case "done":
      return t.facesOf(faces);
    case "failed":
      return t.failed;
    default:
      return state satisfies never;
  }
}

function JobProgress({ job: { operation, state, progress }, onStop }: { readonly job: Job; readonly onStop: () => void }) {
  const t = useStrings();
  const name = t.jobs[operation] ?? operation;
  const total = progress?.total ?? null;
  return (
    <section class="job" aria-label={name}>
      <p role="status">{state === "waiting" ? t.jobWaiting : `${name}…`}</p>
      <progress aria-label={name} {...(total !== null && { value: progress?.done ?? 0, max: Math.max(1, total) })} />
      <div class="row">
        <button type="button" onClick={onStop}>
          {t.stop}
        </button>
        {progress && (
          <span class="soft">{t.jobDone(countText(progress.done, t), total === null ? null : countText(total, t))}</span>
        )}
      </div>
    </section>
  );
}
