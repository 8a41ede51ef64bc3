/** Metadata of a photograph's file. Missing or damaged fields are null, never an error. */
import readExif from "exif-reader";
import type { Metadata } from "sharp";
import type { StoredPicture } from "./face-regions.ts";
import { heicOrientation, isHeic } from "./heic.ts";
import { loadSharp } from "./load-sharp.ts";
import { type RawFile, readRaw } from "./raw-preview.ts";

export type ImageMetadata = {
  /** Time taken, by the camera's clock, local time: 2019-07-14T12:33:05. */
  readonly takenAt: string | null;
  /** The XMP packet, as text. */
  readonly xmp: string | null;
  /** The stored image, before orientation; null if unknown. */
  readonly stored: StoredPicture | null;
};

/** A clock that was never set writes 0000:00:00, which JavaScript parses as November 1899. */
const EARLIEST = "1900";

/** @param bytes of the whole file; for a RAW file, `stored` describes its preview */
export async function readMetadata(bytes: Uint8Array): Promise<ImageMetadata> {
  if (bytes.length === 0) return { takenAt: null, xmp: null, stored: null }; // sharp would throw at once
  const raw = readRaw(bytes);
  const metadata = await headerOf(raw?.preview?.bytes ?? bytes);
  const exif = raw?.exif ? bufferOf(raw.exif) : metadata?.format === "tiff" ? bufferOf(bytes) : metadata?.exif;
  return {
    takenAt: exif ? takenAtOf(exif) : null,
    xmp: metadata?.xmp?.toString("utf8") ?? null,
    stored: metadata ? storedOf(metadata, bytes, raw) : null,
  };
}

async function headerOf(bytes: Uint8Array): Promise<Metadata | undefined> {
  return loadSharp()(bytes, { limitInputPixels: false, failOn: "none" })
    .metadata()
    .catch(() => undefined);
}

const bufferOf = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);

/** HEIC and AVIF files are mostly rotated by their own properties: the EXIF orientation is then already applied. */
function storedOf(metadata: Metadata, bytes: Uint8Array, raw: RawFile | undefined): StoredPicture {
  const { width, height } = raw?.preview ?? metadata;
  const inside = isHeic(bytes) ? heicOrientation(bytes, metadata.exif) : metadata.format === "heif" ? 1 : metadata.orientation;
  return { width, height, orientation: raw?.orientation ?? inside ?? 1 };
}

/**
 * DateTimeOriginal or, for a scan without it, the time it was digitised; not DateTime, the time of the last change.
 *
 * @param exif tag directories; a TIFF file consists of them
 */
function takenAtOf(exif: Buffer): string | null {
  try {
    const { Photo, Image } = readExif(exif);
    const photo = Photo ?? (Image as typeof Photo); // Canon's CR3 stores the photograph's directory separately
    return dateText(photo?.DateTimeOriginal) ?? dateText(photo?.DateTimeDigitized);
  } catch {
    return null;
  }
}

/** EXIF has no time zone: exif-reader returns the camera's clock as if it were UTC. */
function dateText(date: unknown): string | null {
  if (!(date instanceof Date) || Number.isNaN(date.getTime())) return null;
  const text = date.toISOString().slice(0, 19);
  return text > EARLIEST && /^\d{4}-/.test(text) ? text : null;
}
