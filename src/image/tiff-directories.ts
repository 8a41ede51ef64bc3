/**
 * Directories of a TIFF file (TIFF 6.0, section 2), the container of most RAW formats: which images it contains, their
 * size and position.
 * Does not read pixels. For a damaged file, returns the directories that could be followed.
 */
import type { Size } from "./orientation.ts";

/** Tags used here. */
export const tiffTags = {
  subfileType: 254,
  width: 256,
  height: 257,
  compression: 259,
  photometric: 262,
  make: 271,
  stripOffsets: 273,
  orientation: 274,
  stripByteCounts: 279,
  subDirectories: 330,
  jpegOffset: 513,
  jpegLength: 514,
  /** Panasonic: a JPEG file as the value of a tag. */
  panasonicJpeg: 0x2e,
  dngVersion: 50706,
} as const;

export type TiffEntry = {
  readonly count: number;
  /** Position of the value in the file, and its length in bytes. */
  readonly at: number;
  readonly bytes: number;
  /** The first values, if they are integers. */
  readonly values: readonly number[];
};

export type TiffDirectory = Size & {
  /** Page index: directories in chain order, counted as in libvips. */
  readonly page: number;
  /** For a directory below a page, its index there. */
  readonly subifd: number | undefined;
  readonly entries: ReadonlyMap<number, TiffEntry>;
  /** The first value of a tag. */
  value(tag: number): number | undefined;
};

/** Version numbers after the byte order: TIFF itself; Olympus (ORF, two) and Panasonic (RW2) have their own. */
const magic = [42, 0x4f52, 0x5352, 0x55];
const bytesOfType = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4];
const MAX_DIRECTORIES = 64;
const MAX_ENTRIES = 1024;
const MAX_VALUES = 64;

/** All pages and the directories directly below them; none if the file is not TIFF. */
export function readTiffDirectories(bytes: Uint8Array): TiffDirectory[] {
  const isLittle = tiffByteOrder(bytes);
  if (isLittle === undefined) return [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const directories: TiffDirectory[] = [];
  const seen = new Set<number>();
  const read = (at: number, page: number, subifd?: number): number => {
    if (at < 8 || at + 2 > bytes.length || seen.has(at) || seen.size >= MAX_DIRECTORIES) return 0;
    seen.add(at);
    const count = view.getUint16(at, isLittle);
    const end = at + 2 + 12 * count;
    if (count > MAX_ENTRIES || end > bytes.length) return 0;
    const entries = new Map<number, TiffEntry>();
    for (let entry = at + 2; entry < end; entry += 12)
      entries.set(view.getUint16(entry, isLittle), readEntry(view, entry, isLittle));
    const value = (tag: number) => entries.get(tag)?.values[0];
    const size = { width: value(tiffTags.width) ?? 0, height: value(tiffTags.height) ?? 0 };
    directories.push({ ...size, page, subifd, entries, value });
    const below = entries.get(tiffTags.subDirectories)?.values ?? [];
    if (subifd === undefined) for (const [i, place] of below.entries()) read(place, page, i);
    return end + 4 <= bytes.length ? view.getUint32(end, isLittle) : 0;
  };
  for (let at = view.getUint32(4, isLittle), page = 0; at !== 0; page++) at = read(at, page);
  return directories;
}

/** Whether a TIFF file is little-endian. Undefined if it is not a TIFF file. */
function tiffByteOrder(bytes: Uint8Array): boolean | undefined {
  const order = bytes.length >= 8 ? String.fromCharCode(...bytes.subarray(0, 2)) : "";
  if (order !== "II" && order !== "MM") return undefined;
  const isLittle = order === "II";
  return magic.includes(new DataView(bytes.buffer, bytes.byteOffset, 4).getUint16(2, isLittle)) ? isLittle : undefined;
}

function readEntry(view: DataView, entry: number, isLittle: boolean): TiffEntry {
  const [type, count] = [view.getUint16(entry + 2, isLittle), view.getUint32(entry + 4, isLittle)];
  const size = bytesOfType[type] ?? 0;
  const bytes = size * count;
  const at = bytes <= 4 ? entry + 8 : view.getUint32(entry + 8, isLittle);
  const values: number[] = [];
  for (let i = 0; i < Math.min(count, MAX_VALUES) && at + size * (i + 1) <= view.byteLength; i++) {
    if (type === 1) values.push(view.getUint8(at + i));
    if (type === 3) values.push(view.getUint16(at + 2 * i, isLittle));
    if (type === 4 || type === 13) values.push(view.getUint32(at + 4 * i, isLittle));
  }
  return { count, at, bytes, values };
}
