/** Page of a report in a sandboxed iframe without scripts. */
import { useEffect, useState } from "preact/hooks";
import { api, type Report } from "../api.ts";
import { useStrings } from "../strings/strings.ts";
import { errorText } from "../texts.ts";

export function ReportDocument({ report: { id, name } }: { readonly report: Report }) {
  const t = useStrings();
  const [url, setUrl] = useState<string>();
  const [error, setError] = useState<unknown>();
  useEffect(() => {
    api.reportLink(id).then(
      (link) => setUrl(link.url),
      (reason: unknown) => setError(reason),
    );
  }, [id]);
  /** Opens the tab synchronously: browsers block tabs opened after an asynchronous request. */
  const open = (event: MouseEvent): void => {
    event.preventDefault();
    const tab = window.open("", "_blank");
    api.reportLink(id).then(
      (link) => tab?.location.replace(new URL(link.url, location.href)),
      () => tab?.close(),
    );
  };
  if (error !== undefined) return <p class="error">{errorText(error, t)}</p>;
  if (url === undefined) return null;
  return (
    <>
      <p>
        <a href={url} onClick={open}>
          {t.openReport}
        </a>
      </p>
      <iframe class="document" sandbox="" src={url} title={name} />
    </>
  );
}
