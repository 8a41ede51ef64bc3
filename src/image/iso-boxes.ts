/**
 * Boxes of the ISO base media file format (ISO/IEC 14496-12), used by HEIC, AVIF and Canon's CR3: a length, a type,
 * and content that may contain boxes. Reads only what orientation and previews need; libheif decodes.
 */
export type IsoBox = {
  /** Four characters. */
  readonly type: string;
  /** Start and end of the content in the file. */
  readonly start: number;
  readonly end: number;
};

/** Boxes in a byte range, in order; ends at the first malformed one. */
export function isoBoxes(bytes: Uint8Array, start = 0, end = bytes.length): IsoBox[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const boxes: IsoBox[] = [];
  for (let at = start; at + 8 <= end; ) {
    const type = textAt(bytes, at + 4, 4);
    let header = 8;
    let length = view.getUint32(at);
    if (length === 1 && at + 16 <= end) {
      header = 16;
      length = Number(view.getBigUint64(at + 8));
    } else if (length === 0) length = end - at;
    if (length < header || at + length > end) break;
    boxes.push({ type, start: at + header, end: at + length });
    at += length;
  }
  return boxes;
}

/** Follows a path of types, taking the first box of each: `findIsoBox(bytes, "meta", "iprp", "ipco")`. */
export function findIsoBox(bytes: Uint8Array, ...path: readonly string[]): IsoBox | undefined {
  let within: IsoBox = { type: "", start: 0, end: bytes.length };
  for (const type of path) {
    const found = isoBoxes(bytes, within.start, within.end).find((box) => box.type === type);
    if (!found) return undefined;
    // A `meta` box has version and flags before its boxes.
    within = type === "meta" ? { ...found, start: found.start + 4 } : found;
  }
  return within;
}

/**
 * Types of the properties of a HEIF file's primary item, in order (ISO/IEC 23008-12, 9.3); `irot`, `imir`
 * and `clap` change the image. Undefined if the file does not list them.
 */
export function primaryItemProperties(bytes: Uint8Array): string[] | undefined {
  const [primary, container, associations] = [
    findIsoBox(bytes, "meta", "pitm"),
    findIsoBox(bytes, "meta", "iprp", "ipco"),
    findIsoBox(bytes, "meta", "iprp", "ipma"),
  ];
  if (!primary || !container || !associations) return undefined;
  const properties = isoBoxes(bytes, container.start, container.end).map(({ type }) => type);
  try {
    const read = readerOf(bytes, primary);
    const [version] = [read(1), read(3)];
    const item = read(version === 0 ? 2 : 4);
    return associatedWith(item, readerOf(bytes, associations)).map((index) => properties[index - 1] ?? "");
  } catch {
    return undefined;
  }
}

/** Property numbers of an item, from 1, from an `ipma` box. */
function associatedWith(item: number, read: (bytes: number) => number): number[] {
  const [version, flags] = [read(1), read(3)];
  const isWide = (flags & 1) === 1;
  for (let items = read(4); items > 0; items--) {
    const id = read(version < 1 ? 2 : 4);
    const indices: number[] = [];
    for (let count = read(1); count > 0; count--) indices.push(isWide ? read(2) & 0x7fff : read(1) & 0x7f);
    if (id === item) return indices;
  }
  return [];
}

/** Reads consecutive big-endian numbers. @throws RangeError beyond the box */
function readerOf(bytes: Uint8Array, { start, end }: IsoBox): (length: number) => number {
  let at = start;
  return (length) => {
    if (at + length > end) throw new RangeError("the box ends early");
    let value = 0;
    for (const last = at + length; at < last; at++) value = value * 256 + (bytes[at] as number);
    return value;
  };
}

export function textAt(bytes: Uint8Array, at: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + length));
}
