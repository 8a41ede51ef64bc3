/** A training run: progress, curves, advice and settings. */
import type { Report } from "../api.ts";
import { useTraining } from "../state/use-loaded.ts";
import { useStrings } from "../strings/strings.ts";
import { countText, farText, percentText } from "../texts.ts";
import { type ChartSeries, LineChart } from "./line-chart.tsx";
import { ReportDocument } from "./report-document.tsx";

export function TrainingView({ report, onState }: { readonly report: Report; readonly onState: () => void }) {
  const t = useStrings();
  const { state, total, points, heldOut, advice } = useTraining(report.id, report.curves ?? nothing, onState);
  const step = points.items.at(-1)?.step ?? 0;
  const number = (value: number) => value.toLocaleString(t.code, { maximumSignificantDigits: 4 });
  const percent = (value: number) => percentText(value, t);
  const curve = (value: (point: (typeof points.items)[number]) => number | null): ChartSeries["points"] =>
    points.items.flatMap((point) => {
      const y = value(point);
      return y === null ? [] : [[point.step, y] as const];
    });
  const measured = (value: (one: (typeof heldOut.items)[number]) => number | undefined): ChartSeries["points"] =>
    heldOut.items.flatMap((one) => {
      const y = value(one);
      return y === undefined ? [] : [[one.step, y] as const];
    });
  const fars = heldOut.items.at(-1)?.val.map(({ far }) => far) ?? [];
  return (
    <>
      {total !== null && (
        <p class="progress">
          <progress value={step} max={Math.max(1, total)} aria-label={t.steps} />
          <span class="soft">{t.ofSteps(countText(step, t), countText(total, t))}</span>
        </p>
      )}
      {state === "stopped" && (
        <p>
          {t.stoppedNote} <code>facenet train --output {report.name} --resume</code>
        </p>
      )}
      {step === 0 && state === "running" && <p class="soft">{t.noSteps}</p>}
      <h2>{t.curves}</h2>
      <div class="charts">
        <LineChart title={t.lossCurve} format={number} series={[{ label: t.lossCurve, points: curve(({ loss }) => loss) }]} />
        <LineChart
          title={t.heldOutCurve}
          format={percent}
          series={[
            { label: t.figureNames.accuracy, points: measured(({ accuracy }) => accuracy) },
            ...fars.map((far) => ({
              label: t.valAt(farText(far)),
              points: measured(({ val }) => val.find((one) => one.far === far)?.val),
            })),
          ]}
        />
        <LineChart
          title={t.activeCurve}
          format={number}
          series={[{ label: t.activeCurve, points: curve(({ active }) => active) }]}
        />
        <LineChart
          title={t.distanceCurve}
          format={number}
          series={[
            { label: t.onePerson, points: curve(({ positiveDistance }) => positiveDistance) },
            { label: t.twoPeople, points: curve(({ negativeDistance }) => negativeDistance) },
          ]}
        />
        <LineChart
          title={t.speedCurve}
          format={number}
          series={[{ label: t.speedCurve, points: curve(({ imagesPerSecond }) => imagesPerSecond) }]}
        />
      </div>
      {advice.items.length > 0 && (
        <>
          <h2>{t.advice}</h2>
          <ul>
            {advice.items.map(({ step: at, advice: text }) => (
              <li key={at}>{t.adviceAt(countText(at, t), text)}</li>
            ))}
          </ul>
        </>
      )}
      {report.configuration && (
        <details>
          <summary>{t.settings}</summary>
          <div class="scroll">
            <table aria-label={t.settings}>
              <tbody>
                {Object.entries(report.configuration).map(([name, value]) => (
                  <tr key={name}>
                    <th scope="row">{name}</th>
                    <td>{Array.isArray(value) ? value.join(", ") : String(value ?? "–")}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </details>
      )}
      {report.hasPage && (
        <>
          <h2>{t.report}</h2>
          <ReportDocument report={report} />
        </>
      )}
    </>
  );
}

const none = { from: 0, items: [] };
const nothing = { state: "running", total: null, points: none, heldOut: none, advice: none } as const satisfies Report["curves"];
