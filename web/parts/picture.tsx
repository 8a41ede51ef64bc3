/** Picture from the service. `<img>` sends no key, so with a key the page fetches the picture itself. */
import { useEffect, useState } from "preact/hooks";
import { loadPicture } from "../api.ts";
import { session } from "../session.ts";

/** Fills its container; grey while loading and on failure. */
export function Picture({ path, alt }: { readonly path: string; readonly alt: string }) {
  const [failed, setFailed] = useState<string>();
  const fetched = useFetched(session.key() === null ? undefined : path);
  const source = session.key() === null ? path : fetched;
  if (failed === path || source === undefined)
    return (
      <span class="picture pending">
        <span class="visually-hidden">{alt}</span>
      </span>
    );
  return (
    <img
      class="picture"
      src={source}
      alt={alt}
      loading="lazy"
      decoding="async"
      draggable={false}
      onError={() => setFailed(path)}
    />
  );
}

function useFetched(path: string | undefined): string | undefined {
  const [shown, setShown] = useState<{ readonly path: string; readonly url: string }>();
  useEffect(() => {
    if (path === undefined) return;
    const controller = new AbortController();
    let url: string | undefined;
    const load = async (): Promise<void> => {
      const bytes = await loadPicture(path, controller.signal);
      if (controller.signal.aborted) return;
      url = URL.createObjectURL(bytes);
      setShown({ path, url });
    };
    load().catch(() => undefined); // stays grey
    return () => {
      controller.abort();
      if (url !== undefined) URL.revokeObjectURL(url);
    };
  }, [path]);
  return shown?.path === path ? shown?.url : undefined;
}
