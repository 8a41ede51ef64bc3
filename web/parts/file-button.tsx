/** A button that opens the browser's choice of files. */
import type { ComponentChildren } from "preact";

/** What the service reads; browsers do not know all of it as images. */
export const PHOTOGRAPHS = "image/*,.heic,.heif,.hif,.dng,.cr2,.cr3,.nef,.arw,.raf,.orf,.rw2,.pef";

export function FileButton({
  label,
  name = label,
  isMain = false,
  isFolder = false,
  areSeveral = false,
  onFiles,
  children,
}: {
  readonly label: string;
  /** for screen readers, where the label says too little */
  readonly name?: string;
  readonly isMain?: boolean;
  readonly isFolder?: boolean;
  readonly areSeveral?: boolean;
  readonly onFiles: (files: readonly File[]) => void;
  readonly children?: ComponentChildren;
}) {
  return (
    <label class={`button file ${isMain ? "main" : ""}`}>
      {children}
      {label}
      <input
        type="file"
        aria-label={name}
        multiple={areSeveral}
        accept={isFolder ? undefined : PHOTOGRAPHS}
        {...(isFolder && { webkitdirectory: true })}
        onChange={(event) => {
          const files = [...(event.currentTarget.files ?? [])];
          event.currentTarget.value = ""; // the same file can be chosen again
          if (files.length > 0) onFiles(files);
        }}
      />
    </label>
  );
}
