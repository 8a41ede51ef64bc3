import type { RawPixels } from "./pixels.ts";

/** Anything that can be looked at: the path of a file, its bytes, or pixels already decoded. */
export type ImageSource = string | URL | Uint8Array | ArrayBuffer | Blob | RawPixels;

/** How an image is named in results and errors: its path, or what it is where it has none. */
export function imageName(source: ImageSource): string {
  if (typeof source === "string") return source;
  if (source instanceof URL) return decodeURIComponent(source.pathname);
  if (source instanceof Blob) return "name" in source && typeof source.name === "string" ? source.name : "(blob)";
  return source instanceof Uint8Array || source instanceof ArrayBuffer ? "(buffer)" : "(pixels)";
}
