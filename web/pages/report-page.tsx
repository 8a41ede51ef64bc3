/** One report: the page written by an evaluation, or the live curves of a training run. */
import { api } from "../api.ts";
import { Failure } from "../parts/notice.tsx";
import { ReportDocument } from "../parts/report-document.tsx";
import { StateMark } from "../parts/state-mark.tsx";
import { TrainingView } from "../parts/training-view.tsx";
import { useLoaded } from "../state/use-loaded.ts";
import { useTitle } from "../state/use-title.ts";
import { useStrings } from "../strings/strings.ts";
import { timeText } from "../texts.ts";

export function ReportPage({ id }: { readonly id: string }) {
  const t = useStrings();
  const { value: report, error, retry } = useLoaded(`report ${id}`, () => api.report(id));
  useTitle(report?.name ?? t.report);
  return (
    <>
      <p>
        <a href="#/reports">← {t.allReports}</a>
      </p>
      <h1>{report?.name ?? t.report}</h1>
      {error !== undefined && <Failure error={error} onRetry={retry} />}
      {report && (
        <>
          <p class="soft">
            {t[report.kind]}
            {report.subject !== null && ` · ${report.subject}`} · {t.changed} {timeText(report.at, t)}{" "}
            {report.kind === "training" && <StateMark state={report.state} />}
          </p>
          {report.kind === "training" ? <TrainingView report={report} onState={retry} /> : <ReportDocument report={report} />}
        </>
      )}
    </>
  );
}
