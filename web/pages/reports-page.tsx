/** List of evaluations and training runs with their state and main figures. */
import { useEffect, useState } from "preact/hooks";
import type { ListedReport } from "../../src/schemas/report.ts";
import { api } from "../api.ts";
import { useFrame } from "../frame.tsx";
import { StateMark } from "../parts/state-mark.tsx";
import { useTitle } from "../state/use-title.ts";
import { useStrings } from "../strings/strings.ts";
import { figureName, figureText, timeText } from "../texts.ts";

/** Polling interval while a training run is in progress. */
const LOOK_MS = 5000;

export function ReportsPage() {
  const t = useStrings();
  const { fail } = useFrame();
  useTitle(t.reports);
  const [reports, setReports] = useState<readonly ListedReport[]>();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isShown = true;
    const load = async (): Promise<void> => {
      try {
        const { reports: all } = await api.reports();
        if (isShown) setReports(all);
      } catch (error) {
        if (isShown) fail(error);
      }
      if (isShown) timer = setTimeout(load, LOOK_MS);
    };
    void load();
    return () => {
      isShown = false;
      clearTimeout(timer);
    };
  }, [fail]);

  return (
    <>
      <h1>{t.reports}</h1>
      {reports?.length === 0 && (
        <div class="nothing">
          <p>
            {t.noReports} <code>facenet serve --reports FOLDER</code>
          </p>
          <p class="soft">{t.reportsCome.split("`").map((part, i) => (i % 2 === 1 ? <code key={part}>{part}</code> : part))}</p>
        </div>
      )}
      <ul class="reports" aria-label={t.reports}>
        {reports?.map((report) => (
          <li key={report.id}>
            <a class="report" href={`#/reports/${report.id}`}>
              <span class="title">
                <b>{report.name}</b>
                <span class="soft">
                  {t[report.kind]}
                  {report.subject !== null && ` · ${report.subject}`} · {timeText(report.at, t)}
                </span>
              </span>
              <StateMark state={report.state} />
              <span class="figures">
                {report.figures.map((figure) => (
                  <span key={figure.name} class="figure">
                    <small class="soft">{figureName(figure, t)}</small>
                    {figureText(figure, t)}
                  </span>
                ))}
              </span>
            </a>
          </li>
        ))}
      </ul>
    </>
  );
}
