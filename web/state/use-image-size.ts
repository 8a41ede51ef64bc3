/** Pixels of a picture as browsers show it: upright. */
import { useEffect, useState } from "preact/hooks";

export type ImageSize = { readonly width: number; readonly height: number };

export function useImageSize(file: Blob): ImageSize | undefined {
  const [size, setSize] = useState<ImageSize>();
  useEffect(() => {
    let isCurrent = true;
    createImageBitmap(file).then(
      (bitmap) => {
        if (isCurrent) setSize({ width: bitmap.width, height: bitmap.height });
        bitmap.close();
      },
      () => undefined, // a format that this browser does not show
    );
    return () => {
      isCurrent = false;
    };
  }, [file]);
  return size;
}
