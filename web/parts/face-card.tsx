/** A face in a grid: a click opens its photograph or selects it; the corner button does the other of the two. */
import { thumbnailOf } from "../api.ts";
import { photographLink } from "../routes.ts";
import { useStrings } from "../strings/strings.ts";
import { Icon } from "./icon.tsx";
import { Picture } from "./picture.tsx";

export function FaceCard({
  face,
  photograph,
  label: name,
  caption,
  isSelected,
  onToggle,
  isSelecting,
}: {
  readonly face: number;
  readonly photograph: number;
  readonly label: string;
  readonly caption?: string | undefined;
  readonly isSelected: boolean;
  /** Undefined if the face cannot be selected. */
  readonly onToggle: ((isRange: boolean) => void) | undefined;
  /** Whether a click on the picture selects it. */
  readonly isSelecting: boolean;
}) {
  const t = useStrings();
  /** WCAG 2.5.3: the accessible name contains the visible label. */
  const label = caption ? `${name}, ${caption}` : name;
  const picture = <Picture path={thumbnailOf(face, 320)} alt="" />;
  const shown = caption !== undefined && caption !== "" && (
    <span class="date" aria-hidden="true">
      {caption}
    </span>
  );
  const toggle = onToggle && ((event: MouseEvent) => onToggle(event.shiftKey));
  return (
    <div class={`face ${isSelected ? "selected" : ""} ${isSelecting ? "selecting" : ""}`}>
      {toggle && isSelecting ? (
        <>
          <button type="button" class="whole" aria-pressed={isSelected} aria-label={label} onClick={toggle}>
            {picture}
            {shown}
          </button>
          <a
            class="corner open"
            href={photographLink(photograph, face)}
            aria-label={t.openPhotographOf(label)}
            title={t.openPhotograph}
          >
            <Icon name="open" size={16} />
          </a>
          <span class="corner mark" aria-hidden="true">
            <Icon name="check" size={16} />
          </span>
        </>
      ) : (
        <>
          <a class="whole" href={photographLink(photograph, face)} aria-label={label}>
            {picture}
            {shown}
          </a>
          {toggle && (
            <button type="button" class="corner mark" aria-pressed={isSelected} aria-label={t.selectFace(label)} onClick={toggle}>
              <Icon name="check" size={16} />
            </button>
          )}
        </>
      )}
    </div>
  );
}
