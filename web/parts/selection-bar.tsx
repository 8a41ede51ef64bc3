/** Toolbar of the selection, shown while something is selected. */
import type { ComponentChildren } from "preact";
import { useStrings } from "../strings/strings.ts";
import { Icon } from "./icon.tsx";

export function SelectionBar({
  count,
  onClear,
  children,
}: {
  readonly count: number;
  readonly onClear: () => void;
  readonly children: ComponentChildren;
}) {
  const t = useStrings();
  if (count === 0) return null;
  return (
    <div class="selection-bar" role="toolbar" aria-label={t.selected(count)}>
      <button
        type="button"
        class="icon-button"
        aria-label={t.clearSelection}
        title={`${t.clearSelection} (Esc)`}
        onClick={onClear}
      >
        <Icon name="close" />
      </button>
      <b role="status">{t.selected(count)}</b>
      <div class="actions">{children}</div>
    </div>
  );
}
