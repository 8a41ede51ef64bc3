/**
 * RAW files (CR2, CR3, NEF, ARW, RAF, DNG, ORF, RW2, PEF and their kin): what the sensor saw is not developed here; nearly all
 * cameras keep a JPEG of the photograph beside it, mostly in full size, and that is read.
 *
 * Most are TIFF files whose directories say where their JPEGs are. What no directory tells of (Olympus keeps its preview in a maker
 * note, Canon's CR3 in boxes) is found by its own beginning: the markers of a JPEG file from its start to its size.
 */
import { findIsoBox, isoBoxes, textAt } from "./iso-boxes.ts";
import { readJpegHeader } from "./jpeg-file.ts";
import type { Size } from "./orientation.ts";
import { readTiffDirectories, type TiffDirectory, tiffTags } from "./tiff-directories.ts";

/** A picture inside another file, as it is to be decoded. */
export type EmbeddedPicture = Size & {
  /** From its beginning. */
  readonly bytes: Uint8Array;
  /** Of a TIFF file, which directory. */
  readonly place?: { readonly page: number; readonly subifd?: number };
};

export type RawFile = {
  /** Undefined where there is none that is large enough to find faces in. */
  readonly preview: EmbeddedPicture | undefined;
  /** EXIF orientation of the photograph, where the RAW file itself says. */
  readonly orientation: number | undefined;
  /** Directories of tags, in the form of a TIFF file, with the date among them. */
  readonly exif: Uint8Array | undefined;
};

/** Thumbnails that cameras keep besides have 160 px; the smallest previews, of the first digital SLRs, 570. */
const MIN_LONGER_SIDE = 480;

/** What pixels stand for, where they are no picture yet: colour filters of a sensor, or its plain light. */
const sensorData = [32803, 34892];
const JPEG = [6, 7];
/** Pictures that libvips shows as they are: uncompressed, LZW, JPEG or Deflate; in RGB or YCbCr. */
const READABLE = [1, 5, 7, 8];
const COLOURS = [2, 6];

/** The RAW file that these bytes are; undefined where they are something else. */
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
  // Lossy DNG keeps its sensor data in tiles that are JPEG files: none of them is the photograph.
  const isDng = first.entries.has(tiffTags.dngVersion);
  const preview = largest(found) ?? (isDng ? undefined : largest(jpegsIn(bytes, 0, bytes.length)));
  return { preview, orientation: orientationOf(first), exif: asTiff(bytes) };
}

/** JPEG files that a directory names: as its thumbnail, as its only strip, as the value of a tag. */
function jpegsOf(bytes: Uint8Array, directory: TiffDirectory): EmbeddedPicture[] {
  const { entries, value } = directory;
  const places = [value(tiffTags.jpegOffset), entries.get(tiffTags.panasonicJpeg)?.at];
  const isSensor = sensorData.includes(value(tiffTags.photometric) ?? 0);
  const strips = entries.get(tiffTags.stripOffsets);
  if (!isSensor && strips?.count === 1 && JPEG.includes(value(tiffTags.compression) ?? 0)) places.push(strips.values[0]);
  return places.flatMap((at) => (at === undefined ? [] : jpegAt(bytes, at)));
}

/** Other pictures that are read as TIFF, where the file calls itself that. */
function picturesOf(bytes: Uint8Array, { page, subifd, width, height, value }: TiffDirectory): EmbeddedPicture[] {
  const isTiff = textAt(bytes, 2, 2) === "*\0" || textAt(bytes, 2, 2) === "\0*";
  const isReadable = READABLE.includes(value(tiffTags.compression) ?? 1) && COLOURS.includes(value(tiffTags.photometric) ?? 0);
  return isTiff && isReadable ? [{ bytes, width, height, place: { page, ...(subifd === undefined ? {} : { subifd }) } }] : [];
}

/** The header names its JPEG, which has EXIF of its own. */
function readRaf(bytes: Uint8Array): RawFile {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const named = bytes.length >= 92 ? jpegAt(bytes, view.getUint32(84)) : [];
  return { preview: largest(named), orientation: undefined, exif: undefined };
}

/** JPEGs lie in a box of their own and, the full size, among the data; directories of tags in Canon's box within `moov`. */
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

/** Every JPEG file that begins between two places. */
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

/** Makers' own marks in the place of TIFF's keep readers of EXIF away. */
function asTiff(bytes: Uint8Array): Uint8Array {
  const isLittle = bytes[0] === 0x49;
  if (bytes[isLittle ? 2 : 3] === 42) return bytes;
  const tiff = Uint8Array.from(bytes);
  tiff.set(isLittle ? [42, 0] : [0, 42], 2);
  return tiff;
}
