/** Size of a picture in pixels, upright, as browsers show it. */
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
      () => undefined, // format not supported by this browser
    );
    return () => {
      isCurrent = false;
    };
  }, [file]);
  return size;
}
