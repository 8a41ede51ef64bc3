/** Keyboard shortcuts. */
import { useEffect, useRef } from "preact/hooks";

/** Calls `onKey` for every key pressed outside of fields. */
export function useKeys(onKey: (event: KeyboardEvent) => unknown): void {
  const latest = useRef(onKey);
  latest.current = onKey;
  useEffect(() => {
    const listener = (event: KeyboardEvent) => !isTyping(event.target) && latest.current(event);
    addEventListener("keydown", listener);
    return () => removeEventListener("keydown", listener);
  }, []);
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement ||
    (target instanceof HTMLInputElement && !["button", "checkbox", "file", "radio"].includes(target.type)) ||
    (target instanceof HTMLElement && target.isContentEditable)
  );
}

/** Whether a key is pressed without Alt, Ctrl and Meta. */
export const isPlain = ({ altKey, ctrlKey, metaKey }: KeyboardEvent): boolean => !altKey && !ctrlKey && !metaKey;
