/** The work that the service does longer than a request takes: found again when the page is loaded anew, and stopped when asked. */
import { useCallback, useEffect, useState } from "preact/hooks";
import { api, type Job } from "../api.ts";

export const isOpen = ({ state }: Pick<Job, "state">): boolean => state === "waiting" || state === "running";

export type WatchedJob = {
  /** the one that runs or waits */
  readonly job: Job | undefined;
  readonly startJob: (job: Job) => void;
  readonly stopJob: () => void;
};

/** @param onEnd called with the job when it has ended */
export function useJob(onEnd: (job: Job) => void): WatchedJob {
  const [job, setJob] = useState<Job>();
  useEffect(() => {
    api.jobs().then(
      ({ jobs }) => setJob((known) => known ?? jobs.findLast(isOpen)),
      () => undefined,
    );
  }, []);
  const id = job?.id;
  useEffect(() => {
    if (id === undefined) return;
    const controller = new AbortController();
    const watch = async (): Promise<void> => {
      for await (const now of api.watchJob(id, controller.signal)) {
        setJob(isOpen(now) ? now : undefined);
        if (!isOpen(now)) onEnd(now);
      }
    };
    watch().catch(() => !controller.signal.aborted && setJob(undefined)); // the service is gone, and the job with it
    return () => controller.abort();
  }, [id, onEnd]);
  const stopJob = useCallback(() => {
    if (id !== undefined) api.stopJob(id).catch(() => undefined); // it has ended, which the events tell
  }, [id]);
  return { job, startJob: setJob, stopJob };
}
