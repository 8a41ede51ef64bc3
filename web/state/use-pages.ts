/**
 * A long list loaded in pages as they come into view. Loaded pages are cached, shown at once and reloaded; after a change of the
 * gallery the pages in view are reloaded in place.
 */
import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import { useFrame } from "../frame.tsx";

export type Pages<T> = {
  /** Undefined until the first page is loaded. */
  readonly total: number | undefined;
  readonly at: (place: number) => T | undefined;
  /** Loaded items, in order. */
  readonly items: readonly T[];
  readonly onView: (first: number, last: number) => void;
  /** Hides items at once, before the service answers. */
  readonly remove: (isRemoved: (item: T) => boolean) => void;
  /** Error of the last request, if it failed. */
  readonly error: unknown;
  readonly retry: () => void;
};

export type PageOf<T> = { readonly items: readonly T[]; readonly total: number };
type CachedPages<T> = { readonly total: number | undefined; readonly items: ReadonlyMap<number, T> };

const kept = new Map<string, CachedPages<unknown>>();

/** @param key identifies the list with all its parameters */
export function usePages<T>(key: string, size: number, load: (after: number, limit: number) => Promise<PageOf<T>>): Pages<T> {
  const { version } = useFrame();
  const [list, setList] = useState<CachedPages<T>>(
    () => (kept.get(key) as CachedPages<T>) ?? { total: undefined, items: new Map() },
  );
  const [error, setError] = useState<unknown>();
  const asked = useRef({ key, pages: new Set<number>() });
  const view = useRef<readonly [number, number]>([0, 1]);
  const loader = useRef(load);
  loader.current = load;

  const read = useCallback(
    async (page: number): Promise<void> => {
      const now = asked.current;
      if (now.pages.has(page)) return;
      now.pages.add(page);
      try {
        const { items, total } = await loader.current(page * size, size);
        if (now !== asked.current) return; // another list is shown by now
        setError(undefined);
        setList((before) => {
          const next = new Map([...before.items].filter(([place]) => place < total));
          for (const [i, item] of items.entries()) next.set(page * size + i, item);
          kept.set(now.key, { total, items: next });
          return { total, items: next };
        });
      } catch (reason) {
        now.pages.delete(page);
        if (now === asked.current) setError(reason);
      }
    },
    [size],
  );

  const onView = useCallback(
    (first: number, last: number) => {
      view.current = [first, last];
      for (let page = Math.floor(first / size); page * size < Math.max(1, last); page++) void read(page);
    },
    [read, size],
  );

  const shownKey = useRef(key);
  useEffect(() => {
    asked.current = { key, pages: new Set() };
    if (shownKey.current !== key) {
      shownKey.current = key;
      view.current = [0, 1];
      setList((kept.get(key) as CachedPages<T>) ?? { total: undefined, items: new Map() });
    }
    onView(...view.current);
  }, [key, version, onView]);

  const remove = useCallback((isRemoved: (item: T) => boolean) => {
    setList(({ total, items }) => {
      const next = new Map<number, T>();
      let gone = 0;
      for (const [place, item] of [...items].sort(([a], [b]) => a - b)) {
        if (isRemoved(item)) gone++;
        else next.set(place - gone, item);
      }
      return { total: total === undefined ? undefined : total - gone, items: next };
    });
  }, []);

  const retry = useCallback(() => {
    setError(undefined);
    onView(...view.current);
  }, [onView]);
  const items = useMemo(() => [...list.items].sort(([a], [b]) => a - b).map(([, item]) => item), [list.items]);
  return { total: list.total, at: (place) => list.items.get(place), items, onView, remove, error, retry };
}
