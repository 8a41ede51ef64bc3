/** Selected cards of a list: click, Shift+click for a range, Ctrl+A for all, Esc for none. */
import { useRef, useState } from "preact/hooks";
import { useKeys } from "./keys.ts";

export type Selection = {
  readonly ids: ReadonlySet<number>;
  /** @param isRange selects everything from the previously selected card */
  readonly toggle: (id: number, isRange: boolean) => void;
  readonly clear: () => void;
};

/** @param all ids in list order */
export function useSelection(all: readonly number[]): Selection {
  const [ids, setIds] = useState<ReadonlySet<number>>(new Set());
  const anchor = useRef<number | undefined>(undefined);
  const toggle = (id: number, isRange: boolean) => {
    const ends = [anchor.current, id].map((one) => (one === undefined ? -1 : all.indexOf(one)));
    anchor.current = id;
    if (isRange && !ends.includes(-1)) setIds(new Set([...ids, ...all.slice(Math.min(...ends), Math.max(...ends) + 1)]));
    else setIds(ids.symmetricDifference(new Set([id])));
  };
  const clear = () => setIds(new Set());
  useKeys((event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "a") {
      event.preventDefault();
      setIds(new Set(all));
    }
    if (event.key === "Escape") clear();
  });
  return { ids, toggle, clear };
}
