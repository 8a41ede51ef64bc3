/** Finds XMP sidecar files that contain a name, which indexing with --read-regions would import again. */
import { readFile } from "node:fs/promises";
import { mapOrdered } from "../../faces/map-ordered.ts";
import { sidecarPaths } from "../../image/sidecar.ts";
import type { GalleryStore } from "../store/gallery-store.ts";

/** Concurrent reads. */
const AT_ONCE = 16;

/** @returns their paths, in the order of the photographs */
export async function sidecarsNaming(store: GalleryStore, name: string, signal?: AbortSignal): Promise<string[]> {
  const wanted = plain(name);
  const found = new Set<string>();
  const look = async (path: string): Promise<string[]> => {
    const files = sidecarPaths(path);
    const texts = await Promise.all(files.map((file) => readFile(file, "utf8").catch(() => "")));
    return files.filter((_, i) => plain(unescaped(texts[i] as string)).includes(wanted));
  };
  for await (const files of mapOrdered(store.knownPaths(), AT_ONCE, look, signal)) for (const file of files) found.add(file);
  return [...found];
}

const plain = (text: string): string => text.normalize("NFC").toLowerCase();

/** Names occur in attributes and in elements. */
function unescaped(xml: string): string {
  const entities: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };
  return xml.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(lt|gt|quot|apos|amp));/gi, (whole, hex, decimal, entity) => {
    if (entity) return entities[entity.toLowerCase()] ?? whole;
    const code = hex ? Number.parseInt(hex, 16) : Number(decimal);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
