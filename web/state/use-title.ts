/** The title of the browser's tab: what the page shows. */
import { useEffect } from "preact/hooks";

export function useTitle(title: string | undefined): void {
  useEffect(() => {
    if (title !== undefined) document.title = `${title} – facenet`;
  }, [title]);
}
