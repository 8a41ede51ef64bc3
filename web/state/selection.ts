/** Selected cards of a list: click, Shift+click for a range, Ctrl+A for all, Esc for none. */
import { useCallback, useEffect, useRef, useState } from "preact/hooks";

export type Selection = {
  readonly ids: ReadonlySet<number>;
  /** @param isRange selects everything from the previously selected card */
  readonly toggle: (id: number, isRange: boolean) => void;
  readonly set: (ids: readonly number[]) => void;
  readonly clear: () => void;
};

/** @param all ids in list order @param isActive whether keyboard shortcuts apply to this list */
export function useSelection(all: readonly number[], isActive = true): Selection {
  const [ids, setIds] = useState<ReadonlySet<number>>(new Set());
  const order = useRef(all);
  order.current = all;
  const anchor = useRef<number | undefined>(undefined);
  const toggle = useCallback((id: number, isRange: boolean) => {
    const from = anchor.current === undefined ? -1 : order.current.indexOf(anchor.current);
    const to = order.current.indexOf(id);
    anchor.current = id;
    setIds((before) => {
      if (isRange && from >= 0 && to >= 0)
        return new Set([...before, ...order.current.slice(Math.min(from, to), Math.max(from, to) + 1)]);
      return before.symmetricDifference(new Set([id]));
    });
  }, []);
  const clear = useCallback(() => setIds(new Set()), []);
  const set = useCallback((some: readonly number[]) => setIds(new Set(some)), []);

  useEffect(() => {
    if (!isActive) return;
    const onKey = (event: KeyboardEvent) => {
      if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "a") {
        event.preventDefault();
        setIds(new Set(order.current));
      }
      if (event.key === "Escape") setIds(new Set());
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [isActive]);
  return { ids, toggle, set, clear };
}

/** Whether keystrokes go to a field, so that they are not shortcuts. */
export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement ||
    (target instanceof HTMLInputElement && !["button", "checkbox", "file", "radio"].includes(target.type)) ||
    (target instanceof HTMLElement && target.isContentEditable)
  );
}
