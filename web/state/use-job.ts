/** The current job of the service, also after a reload of the page. */
import { useCallback, useEffect, useState } from "preact/hooks";
import { api, type Job } from "../api.ts";

export const isOpen = ({ state }: Pick<Job, "state">): boolean => state === "waiting" || state === "running";

export type WatchedJob = {
  /** running or waiting */
  readonly job: Job | undefined;
  readonly startJob: (job: Job) => void;
  readonly stopJob: () => void;
};

/** @param onEnd called with the ended job */
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
    watch().catch(() => !controller.signal.aborted && setJob(undefined)); // jobs end with the service
    return () => controller.abort();
  }, [id, onEnd]);
  const stopJob = useCallback(() => {
    if (id !== undefined) api.stopJob(id).catch(() => undefined); // already ended; its events say so
  }, [id]);
  return { job, startJob: setJob, stopJob };
}
