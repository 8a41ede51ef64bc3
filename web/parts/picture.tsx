/** Picture of the service. `<img>` sends no key: with a key the page fetches the picture itself. */
import { useEffect, useState } from "preact/hooks";
import { loadPicture } from "../api.ts";
import { session } from "../session.ts";

export type PictureProps = {
  readonly path: string;
  readonly alt: string;
  readonly width: number;
  readonly height: number;
};

export function Picture({ path, alt, width, height }: PictureProps) {
  if (session.key() === null) return <img src={path} alt={alt} width={width} height={height} loading="lazy" />;
  return <FetchedPicture key={path} path={path} alt={alt} width={width} height={height} />;
}

function FetchedPicture({ path, alt, width, height }: PictureProps) {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    const controller = new AbortController();
    let made: string | undefined;
    const load = async (): Promise<void> => {
      const bytes = await loadPicture(path, controller.signal);
      if (controller.signal.aborted) return;
      made = URL.createObjectURL(bytes);
      setUrl(made);
    };
    load().catch(() => undefined); // an empty place, as for any picture that is not there
    return () => {
      controller.abort();
      if (made !== undefined) URL.revokeObjectURL(made);
    };
  }, [path]);
  if (url === undefined) return <span class="pending" style={{ width, height }} />;
  return <img src={url} alt={alt} width={width} height={height} />;
}
