/** An image file in memory with the name used in results and errors: a path, an archive member, an upload. */
export type NamedBytes = { readonly name: string; readonly data: Uint8Array };

/** An image file with the name used in results and errors instead of its path, such as the name it was uploaded under. */
export type NamedFile = { readonly name: string; readonly path: string };

/** An image: path of a file, with or without a name, its bytes likewise, or decoded pixels. */
export type ImageSource = string | URL | Uint8Array | ArrayBuffer | Blob | NamedFile | NamedBytes | RawPixels;

/** Name of an image in results and errors: its path or name, else the kind of source. */
export function imageName(source: ImageSource): string {
  if (typeof source === "string") return source;
  if (source instanceof URL) return decodeURIComponent(source.pathname);
  if (source instanceof Blob) return "name" in source && typeof source.name === "string" ? source.name : "(blob)";
  if (isNamedFile(source) || isNamedBytes(source)) return source.name;
  return source instanceof Uint8Array || source instanceof ArrayBuffer ? "(buffer)" : "(pixels)";
}

export function isNamedFile(source: ImageSource): source is NamedFile {
  return isPlain(source) && "name" in source && "path" in source;
}

export function isNamedBytes(source: ImageSource): source is NamedBytes {
  return isPlain(source) && "name" in source && "data" in source && !("channels" in source);
}

export function isRawPixels(source: ImageSource): source is RawPixels {
  return isPlain(source) && "channels" in source && "data" in source;
}

function isPlain(source: ImageSource): source is NamedFile | NamedBytes | RawPixels {
  return typeof source === "object" && !(source instanceof Blob) && !ArrayBuffer.isView(source);
}

/** An upright image in memory: interleaved red, green, blue, one byte each. */
export type RgbImage = {
  /** [height, width, 3] */
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
};

/** Raw pixels; `channels` is 1 (grey), 3 (RGB) or 4 (RGBA). */
export type RawPixels = {
  readonly data: Uint8Array | Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3 | 4;
};
