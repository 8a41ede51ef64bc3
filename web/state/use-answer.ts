/** An answer of the service: what came, what went wrong, whether it is still awaited. An answer that is out of date is dropped. */
import { useCallback, useEffect, useRef, useState } from "preact/hooks";

export type Answer<T> = { readonly value: T | undefined; readonly error: unknown; readonly isWaiting: boolean };

export function useAnswer<T>(): [Answer<T>, (question: (() => Promise<T>) | undefined) => void] {
  const [answer, setAnswer] = useState<Answer<T>>({ value: undefined, error: undefined, isWaiting: false });
  const asked = useRef(0);
  useEffect(
    () => () => {
      asked.current = -1;
    },
    [],
  );
  const ask = useCallback((question: (() => Promise<T>) | undefined) => {
    const turn = ++asked.current;
    const settle = (change: Answer<T>) => {
      if (turn === asked.current) setAnswer(change);
    };
    if (!question) return settle({ value: undefined, error: undefined, isWaiting: false });
    settle({ value: undefined, error: undefined, isWaiting: true });
    question().then(
      (value) => settle({ value, error: undefined, isWaiting: false }),
      (error: unknown) => settle({ value: undefined, error, isWaiting: false }),
    );
  }, []);
  return [answer, ask];
}
