/** Sets the title of the browser tab. */
import { useEffect } from "preact/hooks";

export function useTitle(title: string | undefined): void {
  useEffect(() => {
    if (title !== undefined) document.title = `${title} – facenet`;
  }, [title]);
}
