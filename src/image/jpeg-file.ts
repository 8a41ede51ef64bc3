/** Reads the markers of JPEG files (ITU-T T.81, Annex B): the size, and faults that can be repaired without guessing. */

export type JpegHeader = {
  /** As stored, before any orientation. */
  readonly width: number;
  readonly height: number;
  /**
   * Baseline, extended or progressive with Huffman codes: what libjpeg decodes. Raw sensor data in JPEG files is
   * lossless JPEG.
   */
  readonly isPicture: boolean;
};

type Segment = { readonly marker: number; readonly start: number; readonly end: number };

/** Segments from the start to the first scan, which is the last of them; undefined if no scan is reached. */
function segmentsOf(bytes: Uint8Array, start: number): Segment[] | undefined {
  if (bytes[start] !== 0xff || bytes[start + 1] !== 0xd8) return undefined;
  const segments: Segment[] = [];
  for (let at = start + 2; at + 4 <= bytes.length; ) {
    if (bytes[at] !== 0xff) return undefined;
    const marker = bytes[at + 1] as number;
    if (marker === 0xff) {
      at++; // fill bytes
      continue;
    }
    const length = wordAt(bytes, at + 2);
    if (marker < 0xc0 || (marker >= 0xd0 && marker <= 0xd9) || length < 2) return undefined;
    segments.push({ marker, start: at + 4, end: at + 2 + length });
    if (marker === 0xda) return segments;
    at += 2 + length;
  }
  return undefined;
}

/** The header of the JPEG file that begins there; undefined if there is none. */
export function readJpegHeader(bytes: Uint8Array, start = 0): JpegHeader | undefined {
  const frame = segmentsOf(bytes, start)?.find(
    ({ marker }) => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker),
  );
  if (!frame || frame.start + 6 > bytes.length) return undefined;
  const [height, width] = [wordAt(bytes, frame.start + 1), wordAt(bytes, frame.start + 3)];
  return { width, height, isPicture: frame.marker <= 0xc2 && bytes[frame.start] === 8 && width > 0 && height > 0 };
}

/**
 * The same file without a fault that does not affect the image: an unknown JFIF version, a missing end marker.
 * Decoding the result still finds any other fault.
 *
 * @param complaint libjpeg's message
 * @returns undefined if the message is about something else, or does not apply to the file
 */
export function mendJpeg(bytes: Uint8Array, complaint: string): Uint8Array | undefined {
  if (/unknown JFIF revision/i.test(complaint)) return withJfifVersion(bytes);
  if (/premature end of JPEG (image|file)/i.test(complaint) && hasAllScans(bytes)) return withEnd(bytes);
  return undefined;
}

function withJfifVersion(bytes: Uint8Array): Uint8Array | undefined {
  const mended = Uint8Array.from(bytes);
  for (let at = 2; at + 11 < mended.length && mended[at] === 0xff && mended[at + 1] !== 0xda; at += 2 + wordAt(mended, at + 2)) {
    const isJfif = mended[at + 1] === 0xe0 && [0x4a, 0x46, 0x49, 0x46, 0].every((byte, i) => mended[at + 4 + i] === byte);
    if (!isJfif || mended[at + 9] === 1) continue;
    mended[at + 9] = 1;
    mended[at + 10] = 2;
    return mended;
  }
  return undefined;
}

function withEnd(bytes: Uint8Array): Uint8Array {
  const mended = new Uint8Array(bytes.length + 2);
  mended.set(bytes);
  mended.set([0xff, 0xd9], bytes.length);
  return mended;
}

/**
 * Does the file contain all scans of the image, the last of them perhaps incomplete? A sequential file has one for each
 * component or
 * group; a progressive one is refined in passes. Without the last pass it shows less detail, which libjpeg does not report.
 */
function hasAllScans(bytes: Uint8Array): boolean {
  const segments = segmentsOf(bytes, 0);
  const frame = segments?.find(({ marker }) => marker >= 0xc0 && marker <= 0xc2);
  if (!segments || !frame) return false;
  const components = bytes[frame.start + 5] as number;
  const isProgressive = frame.marker === 0xc2;
  /** Components and coefficients whose last bit has been read. */
  const done = new Set<number>();
  for (let at = (segments.at(-1) as Segment).start - 4; at >= 0 && at + 4 <= bytes.length; at = nextMarker(bytes, at)) {
    if (bytes[at + 1] !== 0xda) continue;
    const count = bytes[at + 4] as number;
    const spectrum = at + 5 + 2 * count;
    const [first, last, bits] = [bytes[spectrum] as number, bytes[spectrum + 1] as number, (bytes[spectrum + 2] as number) & 15];
    if (isProgressive && bits > 0) continue;
    for (let i = 0; i < count; i++) {
      const id = bytes[at + 5 + 2 * i] as number;
      for (let k = isProgressive ? first : 0; k <= (isProgressive ? last : 63); k++) done.add(id * 64 + k);
    }
  }
  return done.size >= components * 64;
}

/** Position of the next segment's marker after the one given, skipping its content and a scan's data. -1: none. */
function nextMarker(bytes: Uint8Array, at: number): number {
  for (let next = at + 2 + wordAt(bytes, at + 2); next >= 0 && next + 1 < bytes.length; next++) {
    next = bytes.indexOf(0xff, next);
    if (next < 0) return -1;
    const marker = bytes[next + 1] as number;
    if (marker >= 0xc0 && !(marker >= 0xd0 && marker <= 0xd7) && marker !== 0xff) return marker === 0xd9 ? -1 : next;
  }
  return -1;
}

function wordAt(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
}
