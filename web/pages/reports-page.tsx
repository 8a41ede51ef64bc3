/** List of evaluations and training runs with their state and main figures. */
import { useEffect } from "preact/hooks";
import { api } from "../api.ts";
import { Failure } from "../parts/notice.tsx";
import { StateMark } from "../parts/state-mark.tsx";
import { useLoaded } from "../state/use-loaded.ts";
import { useTitle } from "../state/use-title.ts";
import { useStrings } from "../strings/strings.ts";
import { figureName, figureText, timeText } from "../texts.ts";

/** Polling interval while a training run is in progress. */
const LOOK_MS = 5000;

export function ReportsPage() {
  const t = useStrings();
  const { value, error, retry } = useLoaded("reports", () => api.reports({}));
  const reports = value?.reports;
  useTitle(t.reports);
  useEffect(() => {
    const timer = setInterval(retry, LOOK_MS);
    return () => clearInterval(timer);
  }, []);

  return (
    <>
      <h1>{t.reports}</h1>
      {error !== undefined && <Failure error={error} onRetry={retry} />}
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
