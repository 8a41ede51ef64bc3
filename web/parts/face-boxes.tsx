/** Boxes around faces over their picture: drawn, or as buttons. */
import type { Box } from "../../src/schemas/face.ts";
import { useStrings } from "../strings/strings.ts";

/** Of a picture, upright, in pixels. */
export type ImageSize = { readonly width: number; readonly height: number };

type BoxedFace = { readonly box: Box; readonly label?: string | undefined; readonly isMeant?: boolean };

export function FaceBoxes({
  width,
  height,
  faces,
}: ImageSize & {
  readonly faces: readonly BoxedFace[];
}) {
  return (
    <svg class="boxes" viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="xMidYMid meet" aria-hidden="true">
      {faces.map(({ box, label, isMeant }, i) => (
        <g key={i} class={isMeant ? "meant" : ""}>
          <rect
            x={box.x}
            y={box.y}
            width={box.width}
            height={box.height}
            stroke-width={Math.max(2, width / 250)}
            rx={width / 200}
          />
          {label && (
            <text x={box.x} y={box.y - width / 100} font-size={Math.max(12, width / 28)}>
              {label}
            </text>
          )}
        </g>
      ))}
    </svg>
  );
}

/** Position of a box over a picture that fills its container. */
export function placeOf({ x, y, width, height }: Box, whole: ImageSize) {
  const share = (part: number, all: number) => `${(100 * part) / all}%`;
  return {
    left: share(x, whole.width),
    top: share(y, whole.height),
    width: share(width, whole.width),
    height: share(height, whole.height),
  };
}

/** A face to choose, with its name. */
export function FaceButton({
  face: { box, person, name },
  whole,
  ignoredAs,
  isChosen,
  onChoose,
}: {
  readonly face: { readonly box: Box; readonly person: number | null; readonly name: string | null };
  readonly whole: ImageSize;
  /** Shown instead of a name. */
  readonly ignoredAs?: string | undefined;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
}) {
  const t = useStrings();
  const label = ignoredAs ?? name ?? (person === null ? undefined : t.unnamed);
  return (
    <button
      type="button"
      class={`box ${ignoredAs ? "ignored" : person === null ? "nobody" : ""}`}
      aria-pressed={isChosen}
      aria-label={label ?? t.whoIsThis}
      style={placeOf(box, whole)}
      onClick={onChoose}
    >
      <span class="tag">{label ?? "?"}</span>
    </button>
  );
}
