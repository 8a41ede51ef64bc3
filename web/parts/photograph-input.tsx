/** A place to drop one photograph on, or to choose it, with the photograph shown in it. */
import type { ComponentChildren } from "preact";
import { useEffect, useId, useState } from "preact/hooks";
import { useStrings } from "../strings.ts";
import { DropZone } from "./drop-zone.tsx";

export function PhotographInput({
  label,
  onChoose,
  children,
}: {
  readonly label: string;
  readonly onChoose: (file: File) => void;
  /** laid over the photograph */
  readonly children?: ComponentChildren;
}) {
  const t = useStrings();
  const id = useId();
  const [shown, setShown] = useState<string>();
  useEffect(() => () => (shown ? URL.revokeObjectURL(shown) : undefined), [shown]);
  const choose = (file: File | undefined) => {
    if (!file) return;
    setShown(URL.createObjectURL(file));
    onChoose(file);
  };
  return (
    <DropZone label={label} onDrop={({ files }) => choose(files[0])}>
      <label for={id}>{label}</label>
      <input
        id={id}
        type="file"
        accept="image/*,.heic,.heif,.hif,.dng,.cr2,.cr3,.nef,.arw,.raf,.orf,.rw2,.pef"
        onChange={(event) => choose(event.currentTarget.files?.[0])}
      />
      {shown ? (
        <div class="framed">
          <img src={shown} alt={label} />
          {children}
        </div>
      ) : (
        <p class="soft">{t.dropHere}</p>
      )}
    </DropZone>
  );
}
