/** Draws boxes around faces over their picture. */
import type { Box } from "../../src/schemas/face.ts";

export type BoxedFace = { readonly box: Box; readonly label?: string | undefined; readonly isMeant?: boolean };

export function FaceBoxes({
  width,
  height,
  faces,
}: {
  readonly width: number;
  readonly height: number;
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
