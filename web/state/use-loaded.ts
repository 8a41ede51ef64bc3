/** Loads from the service with a cache: cached values are shown at once and reloaded after a change of the gallery. */
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import type { TrainingCurves } from "../../src/schemas/report.ts";
import { api, type Job } from "../api.ts";
import { useFrame } from "../frame.tsx";

export type Loaded<T> = {
  readonly value: T | undefined;
  readonly error: unknown;
  readonly retry: () => void;
  /** Overrides the value until the next load. */
  readonly set: (value: T) => void;
};

const kept = new Map<string, unknown>();
/** Requests in flight, so that two components share one request. */
const asked = new Map<string, Promise<unknown>>();

/** @param version version of the gallery: a request made before a change does not answer one made after it */
function askOnce<T>(key: string, version: number, load: () => Promise<T>): Promise<T> {
  const question = `${version} ${key}`;
  const known = asked.get(question) as Promise<T> | undefined;
  if (known !== undefined) return known;
  const answer = load().finally(() => asked.delete(question));
  asked.set(question, answer);
  return answer;
}

/** @param key identifies the request with all its parameters */
export function useLoaded<T>(key: string, load: () => Promise<T>): Loaded<T> {
  const { version } = useFrame();
  const [shown, setShown] = useState<{ readonly key: string; readonly value: T }>();
  const [error, setError] = useState<unknown>();
  const loader = useRef(load);
  loader.current = load;
  const read = useCallback(() => {
    let isWanted = true;
    askOnce(key, version, loader.current).then(
      (value) => {
        if (!isWanted) return;
        kept.set(key, value);
        setError(undefined);
        setShown({ key, value });
      },
      (reason: unknown) => isWanted && setError(reason),
    );
    return () => {
      isWanted = false;
    };
  }, [key, version]);
  useEffect(read, [read]);
  const value = shown?.key === key ? shown.value : (kept.get(key) as T | undefined);
  return { value, error, retry: () => void read(), set: (next) => setShown({ key, value: next }) };
}

export type Answer<T> = { readonly value: T | undefined; readonly error: unknown; readonly isWaiting: boolean };

const unasked = { value: undefined, error: undefined, isWaiting: false };

/** Asks a question at a time: an answer that comes after the next question is dropped. */
export function useAnswer<T>(): [Answer<T>, (question: (() => Promise<T>) | undefined) => void] {
  const [answer, setAnswer] = useState<Answer<T>>(unasked);
  const asked = useRef(0);
  const ask = useCallback((question: (() => Promise<T>) | undefined) => {
    const turn = ++asked.current;
    const settle = (change: Answer<T>) => {
      if (turn === asked.current) setAnswer(change);
    };
    settle({ ...unasked, isWaiting: question !== undefined });
    question?.().then(
      (value) => settle({ ...unasked, value }),
      (error: unknown) => settle({ ...unasked, error }),
    );
  }, []);
  return [answer, ask];
}

export const isOpen = ({ state }: Pick<Job, "state">): boolean => state === "waiting" || state === "running";

export type WatchedJob = {
  /** Running or waiting. */
  readonly job: Job | undefined;
  readonly startJob: (job: Job) => void;
  readonly stopJob: () => void;
};

/** @param onEnd called with the finished job */
export function useJob(onEnd: (job: Job) => void): WatchedJob {
  const [job, setJob] = useState<Job>();
  useEffect(() => {
    api.jobs({}).then(
      ({ jobs }) => setJob((known) => known ?? jobs.findLast(isOpen)),
      () => undefined,
    );
  }, []);
  const id = job?.id;
  useEffect(() => {
    if (id === undefined) return;
    const controller = new AbortController();
    const watch = async (): Promise<void> => {
      for await (const now of api.watchJob({ id }, { signal: controller.signal })) {
        setJob(isOpen(now) ? now : undefined);
        if (!isOpen(now)) onEnd(now);
      }
    };
    watch().catch(() => !controller.signal.aborted && setJob(undefined)); // jobs do not outlive the service
    return () => controller.abort();
  }, [id, onEnd]);
  const stopJob = useCallback(() => {
    if (id !== undefined) api.stopJob({ id }).catch(() => undefined); // already ended; reported by its events
  }, [id]);
  return { job, startJob: setJob, stopJob };
}

/** Pause before reconnecting. */
const AGAIN_MS = 5000;

/** @param onState called when the state changes: stopped, running, finished */
export function useTraining(id: string, first: TrainingCurves, onState: () => void): TrainingCurves {
  const [curves, setCurves] = useState(first);
  const isFinished = first.state === "finished";
  useEffect(() => {
    if (isFinished) return;
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
  }, [id, isFinished]);
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
