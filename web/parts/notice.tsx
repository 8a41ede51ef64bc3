/** What went wrong, in words, with a button that tries again; and places where something will be. */

import { useStrings } from "../strings/strings.ts";
import { errorText } from "../texts.ts";

export function Failure({ error, onRetry }: { readonly error: unknown; readonly onRetry: () => void }) {
  const t = useStrings();
  return (
    <div class="notice" role="alert">
      <p>{errorText(error, t)}</p>
      <button type="button" onClick={onRetry}>
        {t.retry}
      </button>
    </div>
  );
}

/** A grid before its first answer. */
export function GridSkeleton({ cards = 12, isRound = false }: { readonly cards?: number; readonly isRound?: boolean }) {
  const t = useStrings();
  return (
    <div class={`skeleton-grid ${isRound ? "round" : ""}`} role="status" aria-label={t.loading}>
      {Array.from({ length: cards }, (_, i) => (
        <span key={i} class="skeleton" />
      ))}
    </div>
  );
}
