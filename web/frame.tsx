/** Services of the frame that every page uses: toasts, corrections, undo and redo, the gallery's version. */
import { createContext } from "preact";
import { useCallback, useContext, useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Correction } from "../src/schemas/gallery.ts";
import { api, type Said } from "./api.ts";
import type { Strings } from "./strings/strings.ts";
import { errorText } from "./texts.ts";

export type Toast = {
  readonly text: string;
  readonly isError?: boolean;
  readonly action?: { readonly label: string; readonly run: () => void } | undefined;
};

export type Frame = {
  /** Shows a toast, which screen readers announce. */
  readonly tell: (text: string) => void;
  readonly fail: (error: unknown) => void;
  /** Sends a correction; undefined if the service refused it, after showing the error. */
  readonly change: (correction: Correction, said: string) => Promise<Said | undefined>;
  /** The same for any request that is one step of the gallery's journal, or that cannot be undone (null). */
  readonly record: (request: () => Promise<Said | null>, said: string) => Promise<Said | undefined>;
  /** Undoes the last change of this tab, if any. */
  readonly undo: () => void;
  readonly redo: () => void;
  /** Increases whenever the gallery may have changed; components reload when it does. */
  readonly version: number;
  readonly refresh: () => void;
};

const nothing = () => undefined;
export const FrameContext = createContext<Frame>({
  tell: nothing,
  fail: nothing,
  change: async () => undefined,
  record: async () => undefined,
  undo: nothing,
  redo: nothing,
  version: 0,
  refresh: nothing,
});
export const useFrame = (): Frame => useContext(FrameContext);

/** Duration of a toast; longer with a button, and extended while the pointer or focus is on it. */
const SHOWN_MS = 6000;
const ACTION_MS = 12_000;

export function useFrameState(t: Strings): {
  readonly frame: Frame;
  readonly toast: Toast | undefined;
  readonly hold: (isHeld: boolean) => void;
} {
  const [toast, setToast] = useState<Toast>();
  const [isHeld, hold] = useState(false);
  const [version, setVersion] = useState(0);
  /** Undo and redo stacks of this tab, most recent last. */
  const done = useRef<{ readonly id: number; readonly said: string }[]>([]);
  const undone = useRef<{ readonly id: number; readonly said: string }[]>([]);

  useEffect(() => {
    if (!toast || isHeld) return;
    const timer = setTimeout(() => setToast(undefined), toast.action ? ACTION_MS : SHOWN_MS);
    return () => clearTimeout(timer);
  }, [toast, isHeld]);

  const refresh = useCallback(() => setVersion((before) => before + 1), []);
  const fail = useCallback((error: unknown) => setToast({ text: errorText(error, t), isError: true }), [t]);

  const actions = useMemo(() => {
    const record = async (request: () => Promise<Said | null>, said: string): Promise<Said | undefined> => {
      undone.current = [];
      try {
        const step = await request();
        if (step) done.current.push({ id: step.id, said });
        setToast({ text: said, action: step ? { label: t.undo, run: undo } : undefined });
        refresh();
        return step ?? undefined;
      } catch (error) {
        fail(error);
        return undefined;
      }
    };
    /** Takes the last step of one stack back or again, and moves it to the other stack. */
    const move = async (isUndo: boolean): Promise<void> => {
      const [from, to] = isUndo ? [done, undone] : [undone, done];
      const nothingLeft = { text: isUndo ? t.nothingToUndo : t.nothingToRedo };
      const last = from.current.pop();
      if (!last) return setToast(nothingLeft);
      try {
        const correction = last.id;
        const step = isUndo ? (await api.undo({ correction })).undone : (await api.redo({ correction })).redone;
        if (!step) return setToast(nothingLeft);
        to.current.push({ id: step.id, said: last.said });
        setToast(
          isUndo
            ? { text: t.undone(last.said), action: { label: t.redo, run: redo } }
            : { text: last.said, action: { label: t.undo, run: undo } },
        );
      } catch (error) {
        from.current = [];
        fail(error);
      }
      refresh();
    };
    const undo = () => void move(true);
    const redo = () => void move(false);
    return {
      record,
      change: (correction: Correction, said: string) => record(() => api.correct({ correction }), said),
      undo,
      redo,
    };
  }, [t, refresh, fail]);

  const frame = useMemo(
    () => ({ tell: (text: string) => setToast({ text }), fail, refresh, version, ...actions }),
    [fail, refresh, version, actions],
  );
  return { frame, toast, hold };
}

/** Toast at the bottom of the page. It stays while the pointer or the focus is on it. */
export function ToastLine({ toast, onHold }: { readonly toast: Toast | undefined; readonly onHold: (isHeld: boolean) => void }) {
  return (
    <div
      class={`toast ${toast?.isError ? "wrong" : ""} ${toast ? "" : "empty"}`}
      onPointerEnter={() => onHold(true)}
      onPointerLeave={() => onHold(false)}
      onFocusIn={() => onHold(true)}
      onFocusOut={() => onHold(false)}
    >
      <span role="status">{toast?.text}</span>
      {toast?.action && (
        <button type="button" onClick={toast.action.run}>
          {toast.action.label}
        </button>
      )}
    </div>
  );
}
