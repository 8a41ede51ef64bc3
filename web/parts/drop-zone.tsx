/** A place that files can be dropped on; what is in it says how else to choose them. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";

export function DropZone({
  label,
  isWide = false,
  onDrop,
  children,
}: {
  readonly label: string;
  readonly isWide?: boolean;
  readonly onDrop: (files: DataTransfer) => void;
  readonly children: ComponentChildren;
}) {
  const [isOver, setOver] = useState(false);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for fields of a form
    <div
      role="group"
      aria-label={label}
      class={`drop ${isWide ? "wide" : ""} ${isOver ? "over" : ""}`}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        if (event.dataTransfer) onDrop(event.dataTransfer);
      }}
    >
      {children}
    </div>
  );
}
