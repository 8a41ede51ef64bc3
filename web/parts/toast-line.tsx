/** Toast at the bottom of the page with an undo button. It stays while the pointer or the focus is on it. */
import type { Toast } from "../frame.tsx";

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
