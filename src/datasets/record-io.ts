/**
 * Face images in MXNet's RecordIO, the format of insightface's training sets (train.rec): labels are read on opening,
 * images on demand.
 *
 * A record is `0xced7230a, flag and length (4 bytes), data`, padded to 4 bytes; data begins with a header `flag u32,
 * label f32, id u64,
 * id2 u64`, followed by `flag` further labels if it is above 0, then the image. Record 0 of insightface's
 * sets is not an image but gives the position of the identity records, which are at the end and have no image either: records
 * without an image are skipped.
 */
import { type FileHandle, open } from "node:fs/promises";
import { FaceNetError, reasonOf } from "../errors.ts";
import type { FaceImages, ImagePlace } from "./face-images.ts";

const MAGIC = 0xced7230a;
const HEADER = 24;
/** Number of bytes read to classify a record: its frame, header, some labels and the first bytes of an image. */
const PEEK = 8 + HEADER + 64;

/** @throws FaceNetError FACES_UNUSABLE for a file that is not RecordIO, is truncated, has split records, or contains no image */
export async function openRecordIo(file: string): Promise<FaceImages> {
  const images: ImagePlace[] = [];
  const imagesOf = new Map<string, number[]>();
  try {
    await using handle = await open(file);
    for await (const { person, offset, bytes } of picturesOf(handle)) {
      const own = imagesOf.get(person) ?? [];
      imagesOf.set(person, own);
      own.push(images.push({ file, part: { name: `${person}/${images.length}`, offset, bytes } }) - 1);
    }
  } catch (error) {
    const reason = `cannot be read as a RecordIO file (${reasonOf(error)})`;
    throw new FaceNetError("FACES_UNUSABLE", { faces: file, reason }, error);
  }
  if (images.length === 0) throw new FaceNetError("FACES_UNUSABLE", { faces: file, reason: "contains no image" });
  return { name: file, people: [...imagesOf.keys()], imagesOfPeople: [...imagesOf.values()], images };
}

type Picture = { readonly person: string; readonly offset: number; readonly bytes: number };

async function* picturesOf(handle: FileHandle): AsyncGenerator<Picture> {
  const { size } = await handle.stat();
  const buffer = Buffer.alloc(PEEK);
  for (let at = 0; at + 8 <= size; ) {
    const { bytesRead } = await handle.read(buffer, 0, PEEK, at);
    if (buffer.readUInt32LE(0) !== MAGIC) throw new Error(`no record at byte ${at}`);
    const word = buffer.readUInt32LE(4);
    const length = word & 0x1fffffff;
    if (word >>> 29 !== 0) throw new Error(`the record at byte ${at} is split into parts`);
    if (at + 8 + length > size) throw new Error(`is truncated: the record at byte ${at} extends beyond its end`);
    if (bytesRead >= 8 + HEADER && length >= HEADER) {
      const labels = buffer.readUInt32LE(8);
      const start = 8 + HEADER + 4 * labels;
      const label = labels > 0 && 8 + HEADER + 4 <= bytesRead ? buffer.readFloatLE(8 + HEADER) : buffer.readFloatLE(12);
      const bytes = length - HEADER - 4 * labels;
      if (bytes > 4 && start + 4 <= bytesRead && isPicture(buffer.subarray(start, start + 4)))
        yield { person: String(label), offset: at + start, bytes };
    }
    at += 8 + Math.ceil(length / 4) * 4;
  }
}

/** JPEG or PNG. */
function isPicture(first: Buffer): boolean {
  return (first[0] === 0xff && first[1] === 0xd8) || first.readUInt32BE(0) === 0x89504e47;
}
