/** Page of a report in a sandboxed iframe without scripts. */
import { useEffect } from "preact/hooks";
import { api, type Report } from "../api.ts";
import { useAnswer } from "../state/use-loaded.ts";
import { useStrings } from "../strings/strings.ts";
import { errorText } from "../texts.ts";

export function ReportDocument({ report: { id, name } }: { readonly report: Report }) {
  const t = useStrings();
  const [{ value, error }, ask] = useAnswer<{ readonly url: string }>();
  useEffect(() => ask(() => api.reportLink({ report: id })), [id, ask]);
  /** Opens the tab synchronously: browsers block tabs opened after an asynchronous request. */
  const open = (event: MouseEvent): void => {
    event.preventDefault();
    const tab = window.open("", "_blank");
    api.reportLink({ report: id }).then(
      (link) => tab?.location.replace(new URL(link.url, location.href)),
      () => tab?.close(),
    );
  };
  if (error !== undefined) return <p class="error">{errorText(error, t)}</p>;
  if (!value) return null;
  return (
    <>
      <p>
        <a href={value.url} onClick={open}>
          {t.openReport}
        </a>
      </p>
      <iframe class="document" sandbox="" src={value.url} title={name} />
    </>
  );
}
