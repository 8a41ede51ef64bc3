/** Error notice with a retry button, and placeholders for empty and loading pages. */

import { useStrings } from "../strings/strings.ts";
import { errorText } from "../texts.ts";
import { Icon } from "./icon.tsx";

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

/** Placeholder of an empty gallery. */
export function Welcome({ text }: { readonly text: string }) {
  const t = useStrings();
  return (
    <div class="welcome">
      <Icon name="photographs" size={48} />
      <p>{text}</p>
      <a class="button main" href="#/add">
        {t.addPhotographs}
      </a>
    </div>
  );
}

/** Placeholder of a grid while it loads. */
export function GridSkeleton({ cards = 12 }: { readonly cards?: number }) {
  const t = useStrings();
  return (
    <div class="skeleton-grid" role="status" aria-label={t.loading}>
      {Array.from({ length: cards }, (_, i) => (
        <span key={i} class="skeleton" />
      ))}
    </div>
  );
}
