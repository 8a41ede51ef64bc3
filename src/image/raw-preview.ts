/**
 * RAW files (CR2, CR3, NEF, ARW, RAF, DNG, ORF, RW2, PEF and similar). Sensor data is not developed; nearly all
 * cameras embed a JPEG of the photograph, mostly at full size, and that is read.
 *
 * Most are TIFF files whose directories give the position of their JPEGs. JPEGs without a directory entry (Olympus
 * stores the preview
 * in a maker note, Canon's CR3 in boxes) are found by their header: the markers up to the image size.
 */
import { findIsoBox, isoBoxes, textAt } from "./iso-boxes.ts";
import { readJpegHeader } from "./jpeg-file.ts";
import type { Size } from "./orientation.ts";
import { readTiffDirectories, type TiffDirectory, tiffTags } from "./tiff-directories.ts";

/** An embedded image to decode. */
export type EmbeddedPicture = Size & {
  /** File bytes from its start. */
  readonly bytes: Uint8Array;
  /** Directory index, for a TIFF file. */
  readonly place?: { readonly page: number; readonly subifd?: number };
};

export type RawFile = {
  /** Undefined if none is large enough to find faces in. */
  readonly preview: EmbeddedPicture | undefined;
  /** EXIF orientation of the photograph, if the RAW file has one. */
  readonly orientation: number | undefined;
  /** Tag directories, as a TIFF file, including the date. */
  readonly exif: Uint8Array | undefined;
};

/** The additional thumbnails of cameras have 160 px; the smallest previews, of the first digital SLRs, 570. */
const MIN_LONGER_SIDE = 480;

/** Photometric interpretations that are not images: a sensor's colour filter array, or linear raw. */
const sensorData = [32803, 34892];
const JPEG = [6, 7];
/** Images that libvips displays directly: uncompressed, LZW, JPEG or Deflate; in RGB or YCbCr. */
const READABLE = [1, 5, 7, 8];
const COLOURS = [2, 6];

/** The RAW file in these bytes; undefined if they are something else. */
export function readRaw(bytes: Uint8Array): RawFile | undefined {
  if (textAt(bytes, 0, 15) === "FUJIFILMCCD-RAW") return readRaf(bytes);
  if (textAt(bytes, 4, 8) === "ftypcrx ") return readCr3(bytes);
  const directories = readTiffDirectories(bytes);
  return isRawTiff(bytes, directories) ? readRawTiff(bytes, directories) : undefined;
}

function isRawTiff(bytes: Uint8Array, directories: readonly TiffDirectory[]): boolean {
  const [first] = directories;
  if (!first) return false;
  const marks = [textAt(bytes, 0, 3), textAt(bytes, 0, 4), textAt(bytes, 8, 2)];
  if (marks.includes("IIU") || marks.includes("IIRO") || marks.includes("IIRS") || marks.includes("MMOR") || marks[2] === "CR")
    return true;
  return (
    first.entries.has(tiffTags.dngVersion) ||
    directories.some((each) => sensorData.includes(each.value(tiffTags.photometric) ?? 0))
  );
}

function readRawTiff(bytes: Uint8Array, directories: readonly TiffDirectory[]): RawFile {
  const [first] = directories as [TiffDirectory];
  const found = directories.flatMap((each) => [...jpegsOf(bytes, each), ...picturesOf(bytes, each)]);
  // Lossy DNG stores its sensor data in tiles that are JPEG files: none of them is the photograph.
  const isDng = first.entries.has(tiffTags.dngVersion);
  const preview = largest(found) ?? (isDng ? undefined : largest(jpegsIn(bytes, 0, bytes.length)));
  return { preview, orientation: orientationOf(first), exif: asTiff(bytes) };
}

/** JPEG files in a directory: as its thumbnail, its only strip, or the value of a tag. */
function jpegsOf(bytes: Uint8Array, directory: TiffDirectory): EmbeddedPicture[] {
  const { entries, value } = directory;
  const places = [value(tiffTags.jpegOffset), entries.get(tiffTags.panasonicJpeg)?.at];
  const isSensor = sensorData.includes(value(tiffTags.photometric) ?? 0);
  const strips = entries.get(tiffTags.stripOffsets);
  if (!isSensor && strips?.count === 1 && JPEG.includes(value(tiffTags.compression) ?? 0)) places.push(strips.values[0]);
  return places.flatMap((at) => (at === undefined ? [] : jpegAt(bytes, at)));
}

/** Other images, read as TIFF if the file identifies itself as TIFF. */
function picturesOf(bytes: Uint8Array, { page, subifd, width, height, value }: TiffDirectory): EmbeddedPicture[] {
  const isTiff = textAt(bytes, 2, 2) === "*\0" || textAt(bytes, 2, 2) === "\0*";
  const isReadable = READABLE.includes(value(tiffTags.compression) ?? 1) && COLOURS.includes(value(tiffTags.photometric) ?? 0);
  return isTiff && isReadable ? [{ bytes, width, height, place: { page, ...(subifd === undefined ? {} : { subifd }) } }] : [];
}

/** The header gives the position of the JPEG, which has its own EXIF. */
function readRaf(bytes: Uint8Array): RawFile {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const named = bytes.length >= 92 ? jpegAt(bytes, view.getUint32(84)) : [];
  return { preview: largest(named), orientation: undefined, exif: undefined };
}

/** JPEGs are in a box of their own and, at full size, in the media data; tag directories are in Canon's box within `moov`. */
function readCr3(bytes: Uint8Array): RawFile {
  const found = isoBoxes(bytes)
    .filter(({ type }) => type === "uuid" || type === "mdat")
    .flatMap(({ start, end }) => jpegsIn(bytes, start, end));
  const moov = findIsoBox(bytes, "moov");
  const canon = moov && isoBoxes(bytes, moov.start, moov.end).find(({ type }) => type === "uuid");
  const tables = canon ? isoBoxes(bytes, canon.start + 16, canon.end) : [];
  const table = (name: string) => {
    const box = tables.find(({ type }) => type === name);
    return box && bytes.subarray(box.start, box.end);
  };
  const main = table("CMT1");
  const [first] = main ? readTiffDirectories(main) : [];
  return { preview: largest(found), orientation: first && orientationOf(first), exif: table("CMT2") };
}

/** Every JPEG file that starts in a byte range. */
function jpegsIn(bytes: Uint8Array, start: number, end: number): EmbeddedPicture[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const found: EmbeddedPicture[] = [];
  for (let at = buffer.indexOf("ffd8ff", start, "hex"); at >= 0 && at < end; at = buffer.indexOf("ffd8ff", at + 3, "hex")) {
    found.push(...jpegAt(bytes, at));
  }
  return found;
}

function jpegAt(bytes: Uint8Array, at: number): EmbeddedPicture[] {
  const header = readJpegHeader(bytes, at);
  return header?.isPicture ? [{ bytes: bytes.subarray(at), width: header.width, height: header.height }] : [];
}

function largest(found: readonly EmbeddedPicture[]): EmbeddedPicture | undefined {
  const usable = found.filter(({ width, height }) => Math.max(width, height) >= MIN_LONGER_SIDE);
  return usable.sort((a, b) => b.width * b.height - a.width * a.height)[0];
}

function orientationOf({ value }: TiffDirectory): number | undefined {
  const orientation = value(tiffTags.orientation) ?? 0;
  return orientation >= 1 && orientation <= 8 ? orientation : undefined;
}

/** Vendor signatures in place of TIFF's prevent readers from finding EXIF. */
function asTiff(bytes: Uint8Array): Uint8Array {
  const isLittle = bytes[0] === 0x49;
  if (bytes[isLittle ? 2 : 3] === 42) return bytes;
  const tiff = Uint8Array.from(bytes);
  tiff.set(isLittle ? [42, 0] : [0, 42], 2);
  return tiff;
}
