/** Progress of a job, with a stop button. */
import type { Job } from "../api.ts";
import { useStrings } from "../strings/strings.ts";
import { countText } from "../texts.ts";

export function JobProgress({ job: { operation, state, progress }, onStop }: { readonly job: Job; readonly onStop: () => void }) {
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
