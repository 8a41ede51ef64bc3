/** Input for one photograph, by drop or file chooser, with a preview. */
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useStrings } from "../strings/strings.ts";
import type { ImageSize } from "./face-boxes.tsx";
import { FileButton } from "./file-button.tsx";

export function PhotographInput({
  label,
  onChoose,
  children,
}: {
  readonly label: string;
  readonly onChoose: (file: File) => void;
  /** Drawn over the photograph, once its size is known. */
  readonly children: (size: ImageSize) => ComponentChildren;
}) {
  const t = useStrings();
  const [shown, setShown] = useState<string>();
  const [size, setSize] = useState<ImageSize>();
  const [isOver, setOver] = useState(false);
  useEffect(() => () => (shown ? URL.revokeObjectURL(shown) : undefined), [shown]);
  const choose = (file: File | undefined) => {
    if (!file) return;
    setShown(URL.createObjectURL(file));
    setSize(undefined);
    onChoose(file);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for fields of a form
    <div
      role="group"
      aria-label={label}
      class={`drop ${isOver ? "over" : ""}`}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        choose(event.dataTransfer?.files[0]);
      }}
    >
      <p class="row">
        <b class="grow">{label}</b>
        <FileButton label={shown ? t.anotherPicture : t.choosePhotograph} name={label} onFiles={([one]) => choose(one)} />
      </p>
      {shown ? (
        <div class="framed">
          <img
            src={shown}
            alt={label}
            onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) =>
              setSize({ width: naturalWidth, height: naturalHeight })
            }
          />
          {size && children(size)}
        </div>
      ) : (
        <p class="soft">{t.dropPicture}</p>
      )}
    </div>
  );
}
