/** XMP sidecar of a photograph: photo.jpg.xmp as in digiKam and darktable, or photo.xmp as in Adobe programs. */
import { readFile } from "node:fs/promises";
import { extname } from "node:path";

/** Path of new sidecars. Adobe's name would also belong to a photograph of another format with the same name. */
export function sidecarPath(photograph: string): string {
  return `${photograph}.xmp`;
}

/** Both names. */
export function sidecarPaths(photograph: string): string[] {
  return [sidecarPath(photograph), `${photograph.slice(0, photograph.length - extname(photograph).length)}.xmp`];
}

/** Text of a photograph's sidecar, under either name; undefined if there is none or it cannot be read. */
export async function readSidecar(photograph: string): Promise<string | undefined> {
  for (const path of sidecarPaths(photograph)) {
    const text = await readFile(path, "utf8").catch(() => undefined);
    if (text !== undefined) return text;
  }
  return undefined;
}
