/** Input for one photograph, by drop or file chooser, with a preview. */
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useStrings } from "../strings/strings.ts";
import { DropZone } from "./drop-zone.tsx";
import { FileButton } from "./file-button.tsx";

export function PhotographInput({
  label,
  onChoose,
  children,
}: {
  readonly label: string;
  readonly onChoose: (file: File) => void;
  /** Drawn over the photograph. */
  readonly children?: ComponentChildren;
}) {
  const t = useStrings();
  const [shown, setShown] = useState<string>();
  useEffect(() => () => (shown ? URL.revokeObjectURL(shown) : undefined), [shown]);
  const choose = (file: File | undefined) => {
    if (!file) return;
    setShown(URL.createObjectURL(file));
    onChoose(file);
  };
  return (
    <DropZone label={label} onDrop={({ files }) => choose(files[0])}>
      <p class="row">
        <b class="grow">{label}</b>
        <FileButton label={shown ? t.anotherPicture : t.choosePhotograph} name={label} onFiles={([one]) => choose(one)} />
      </p>
      {shown ? (
        <div class="framed">
          <img src={shown} alt={label} />
          {children}
        </div>
      ) : (
        <p class="soft">{t.dropPicture}</p>
      )}
    </DropZone>
  );
}
