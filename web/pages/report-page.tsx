/** One report: the page written by an evaluation, or the live curves of a training run. */
import { useEffect, useState } from "preact/hooks";
import { api, type Report } from "../api.ts";
import { ReportDocument } from "../parts/report-document.tsx";
import { StateMark } from "../parts/state-mark.tsx";
import { TrainingView } from "../parts/training-view.tsx";
import { useTitle } from "../state/use-title.ts";
import { useStrings } from "../strings/strings.ts";
import { errorText, timeText } from "../texts.ts";

export function ReportPage({ id }: { readonly id: string }) {
  const t = useStrings();
  const [report, setReport] = useState<Report>();
  const [error, setError] = useState<unknown>();
  const [version, setVersion] = useState(0);
  useTitle(report?.name ?? t.report);
  useEffect(() => {
    let isShown = true;
    api.report(id).then(
      (given) => isShown && setReport(given),
      (reason: unknown) => isShown && setError(reason),
    );
    return () => {
      isShown = false;
    };
  }, [id, version]);

  return (
    <>
      <p>
        <a href="#/reports">← {t.allReports}</a>
      </p>
      <h1>{report?.name ?? t.report}</h1>
      {error !== undefined && <p class="error">{errorText(error, t)}</p>}
      {report && (
        <>
          <p class="soft">
            {t[report.kind]}
            {report.subject !== null && ` · ${report.subject}`} · {t.changed} {timeText(report.at, t)}{" "}
            {report.kind === "training" && <StateMark state={report.state} />}
          </p>
          {report.kind === "training" ? (
            <TrainingView report={report} onState={() => setVersion((before) => before + 1)} />
          ) : (
            <ReportDocument report={report} />
          )}
        </>
      )}
    </>
  );
}
