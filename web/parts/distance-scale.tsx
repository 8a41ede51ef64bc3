/** Draws a distance and the threshold on a scale from 0 to 4. */
import { useStrings } from "../strings/strings.ts";

const LARGEST = 4;
const WIDTH = 400;

export function DistanceScale({ distance, threshold }: { readonly distance: number; readonly threshold: number }) {
  const t = useStrings();
  const at = (value: number): number => (value / LARGEST) * WIDTH;
  return (
    <svg
      class="scale"
      viewBox={`-12 -26 ${WIDTH + 24} 62`}
      role="img"
      aria-label={t.scale(distance.toFixed(3), threshold.toFixed(3))}
    >
      <rect class="near" x={0} y={-6} width={at(threshold)} height={12} rx={3} />
      <rect class="far" x={at(threshold)} y={-6} width={WIDTH - at(threshold)} height={12} rx={3} />
      <line class="threshold" x1={at(threshold)} x2={at(threshold)} y1={-12} y2={12} />
      <circle class="distance" cx={at(distance)} cy={0} r={8} />
      <text x={at(distance)} y={-14} text-anchor="middle">
        {distance.toFixed(3)}
      </text>
      {[0, 1, 2, 3, 4].map((value) => (
        <text key={value} class="tick" x={at(value)} y={30} text-anchor="middle">
          {value}
        </text>
      ))}
    </svg>
  );
}
