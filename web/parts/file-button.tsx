/** Button that opens the browser's file chooser. */

/** Formats the service reads; browsers do not recognise all of them as images. */
const PHOTOGRAPHS = "image/*,.heic,.heif,.hif,.dng,.cr2,.cr3,.nef,.arw,.raf,.orf,.rw2,.pef";

export function FileButton({
  label,
  name = label,
  isMain = false,
  isFolder = false,
  areSeveral = false,
  onFiles,
}: {
  readonly label: string;
  /** Accessible name, if the label alone is not enough. */
  readonly name?: string;
  readonly isMain?: boolean;
  readonly isFolder?: boolean;
  readonly areSeveral?: boolean;
  readonly onFiles: (files: readonly File[]) => void;
}) {
  return (
    <label class={`button file ${isMain ? "main" : ""}`}>
      {label}
      <input
        type="file"
        aria-label={name}
        multiple={areSeveral}
        accept={isFolder ? undefined : PHOTOGRAPHS}
        {...(isFolder && { webkitdirectory: true })}
        onChange={(event) => {
          const files = [...(event.currentTarget.files ?? [])];
          event.currentTarget.value = ""; // lets the same file be chosen again
          if (files.length > 0) onFiles(files);
        }}
      />
    </label>
  );
}
