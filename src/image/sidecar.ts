/** The XMP file beside a photograph: photo.jpg.xmp as digiKam and darktable name it, photo.xmp as Adobe does. */
import { readFile } from "node:fs/promises";
import { extname } from "node:path";

/** Where new sidecars go: Adobe's name would be that of another format's photograph, too. */
export function sidecarPath(photograph: string): string {
  return `${photograph}.xmp`;
}

/** The text of a photograph's sidecar, of either name; undefined where there is none, or it cannot be read. */
export async function readSidecar(photograph: string): Promise<string | undefined> {
  const adobe = `${photograph.slice(0, photograph.length - extname(photograph).length)}.xmp`;
  for (const path of [sidecarPath(photograph), adobe]) {
    const text = await readFile(path, "utf8").catch(() => undefined);
    if (text !== undefined) return text;
  }
  return undefined;
}
