/** One answer of the service, kept for who comes back, and read anew after a change of the gallery. */
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { useFrame } from "../frame.tsx";

export type Loaded<T> = {
  readonly value: T | undefined;
  readonly error: unknown;
  readonly retry: () => void;
  /** Shows another value until the next read. */
  readonly set: (value: T) => void;
};

const kept = new Map<string, unknown>();

/** @param key what is asked, with all that chooses it; undefined: nothing yet */
export function useLoaded<T>(key: string | undefined, load: () => Promise<T>): Loaded<T> {
  const { version } = useFrame();
  const [shown, setShown] = useState<{ readonly key: string | undefined; readonly value: T | undefined }>(() => ({
    key,
    value: key === undefined ? undefined : (kept.get(key) as T | undefined),
  }));
  const [error, setError] = useState<unknown>();
  const loader = useRef(load);
  loader.current = load;
  const read = useCallback(() => {
    if (key === undefined) return;
    let isWanted = true;
    loader.current().then(
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
  }, [key]);
  useEffect(() => read(), [read, version]);
  const value = shown.key === key ? shown.value : key === undefined ? undefined : (kept.get(key) as T | undefined);
  const set = useCallback((next: T) => setShown({ key, value: next }), [key]);
  return { value, error, retry: () => void read(), set };
}
