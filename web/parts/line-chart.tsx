/** Line chart over training steps, with a text summary and a table for screen readers. */

import { useStrings } from "../strings/strings.ts";
import { countText } from "../texts.ts";

export type ChartSeries = { readonly label: string; readonly points: readonly (readonly [step: number, value: number])[] };

type ChartProps = {
  readonly title: string;
  readonly series: readonly ChartSeries[];
  readonly format: (value: number) => string;
};

const WIDTH = 480;
const HEIGHT = 250;
const frame = { left: 54, right: 26, top: 12, bottom: 32 };
/** Series of at most this many points get a marker at each. */
const MARKED = 30;
/** Rows of the table; longer series are thinned. */
const ROWS = 40;

export function LineChart({ title, series, format }: ChartProps) {
  const t = useStrings();
  const drawn = series.filter(({ points }) => points.length > 0);
  const values = drawn.flatMap(({ points }) => points.map(([, value]) => value));
  if (values.length === 0) return null;
  const ticksX = niceTicks(0, Math.max(1, ...drawn.map(({ points }) => points.at(-1)?.[0] ?? 0)), 5);
  const ticksY = niceTicks(Math.min(...values), Math.max(...values), 5);
  const x = scaleOf(ticksX, [frame.left, WIDTH - frame.right]);
  const y = scaleOf(ticksY, [HEIGHT - frame.bottom, frame.top]);
  const ends = drawn.map(({ label, points }) => {
    const [first, last] = [points[0]?.[1] ?? 0, points.at(-1)?.[1] ?? 0];
    return t.curveEnds(label, format(first), format(last));
  });
  return (
    <figure class="chart">
      <figcaption>
        <b>{title}</b>
        {series.length > 1 && (
          <span class="legend">
            {drawn.map(({ label }, i) => (
              <span key={label} class={`key series-${i}`}>
                <svg viewBox="0 0 24 8" width={24} height={8} aria-hidden="true">
                  <path d="M0 4H24" />
                </svg>
                {label}
              </span>
            ))}
          </span>
        )}
      </figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={t.curve(title, ends.join(" "))}>
        {ticksY.map((tick) => (
          <g key={tick}>
            <line class="rule" x1={frame.left} x2={WIDTH - frame.right} y1={y(tick)} y2={y(tick)} />
            <text x={frame.left - 6} y={y(tick) + 4} text-anchor="end">
              {format(tick)}
            </text>
          </g>
        ))}
        {ticksX.map((tick) => (
          <text key={tick} x={x(tick)} y={HEIGHT - 10} text-anchor="middle">
            {countText(tick, t)}
          </text>
        ))}
        {drawn.map(({ label, points }, i) => (
          <g key={label} class={`series-${i}`}>
            <path
              d={points
                .map(([step, value], at) => `${at === 0 ? "M" : "L"}${x(step).toFixed(1)} ${y(value).toFixed(1)}`)
                .join("")}
            />
            {points.length <= MARKED &&
              points.map(([step, value]) => <circle key={step} cx={x(step).toFixed(1)} cy={y(value).toFixed(1)} r={3} />)}
          </g>
        ))}
      </svg>
      <details>
        <summary>{t.asTable}</summary>
        <ChartTable title={title} series={drawn} format={format} />
      </details>
    </figure>
  );
}

function ChartTable({ title, series, format }: ChartProps) {
  const t = useStrings();
  const steps = [...new Set(series.flatMap(({ points }) => points.map(([step]) => step)))].sort((a, b) => a - b);
  const every = Math.ceil(steps.length / ROWS);
  const shown = steps.filter((_, i) => (steps.length - 1 - i) % every === 0);
  const columns = series.map(({ label, points }) => ({ label, valueAt: new Map(points) }));
  return (
    <div class="scroll">
      <table aria-label={title}>
        <thead>
          <tr>
            <th scope="col">{t.steps}</th>
            {columns.map(({ label }) => (
              <th key={label} scope="col">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((step) => (
            <tr key={step}>
              <th scope="row">{countText(step, t)}</th>
              {columns.map(({ label, valueAt }) => {
                const value = valueAt.get(step);
                return <td key={label}>{value === undefined ? "" : format(value)}</td>;
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function scaleOf(ticks: readonly number[], [from, to]: readonly [number, number]): (value: number) => number {
  const [low, high] = [ticks[0] ?? 0, ticks.at(-1) ?? 1];
  return (value) => from + ((value - low) / (high - low)) * (to - from);
}

/**
 * Evenly spaced round values that cover `low` to `high`; at least two.
 *
 * @param about approximate number of values
 */
export function niceTicks(low: number, high: number, about: number): number[] {
  const span = high > low ? high - low : Math.abs(low) || 1;
  const rough = span / about;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
  const first = Math.floor(low / step + 1e-9);
  const last = Math.max(first + 1, Math.ceil(high / step - 1e-9));
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}
