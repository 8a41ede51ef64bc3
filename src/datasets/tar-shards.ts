/**
 * Face images in tar shards in the WebDataset layout: the person is the entry's folder, or the text of a .cls file with the
 * same name. Only headers are read on opening; images are read on demand, so a set may exceed the memory and be on a
 * network drive.
 */
import { type FileHandle, mkdir, open, readdir } from "node:fs/promises";
import { basename, dirname, extname, join, relative } from "node:path";
import type { Pax as PaxHeader } from "tar";
import { FaceNetError, reasonOf } from "../errors.ts";
import { writeByPath } from "../files/whole-file.ts";
import { isImagePath } from "../image/list-images.ts";
import type { FaceImages, ImagePlace } from "./face-images.ts";

const BLOCK = 512;
/** Longest class label in bytes; longer files are not labels. */
const MAX_LABEL = 1024;

type Entry = { readonly path: string; readonly offset: number; readonly bytes: number };

/**
 * @param path of one .tar file, or of a folder of them
 * @throws FaceNetError FACES_UNUSABLE for a file that is not tar, is damaged, or contains no image of a person
 */
export async function openTarShards(path: string): Promise<FaceImages> {
  const files = extname(path) === ".tar" ? [path] : await shardsIn(path);
  const images: ImagePlace[] = [];
  const imagesOf = new Map<string, number[]>();
  for (const file of files) {
    for (const { person, path: name, offset, bytes } of await labelledEntries(file)) {
      const own = imagesOf.get(person) ?? [];
      imagesOf.set(person, own);
      own.push(images.push({ file, part: { name, offset, bytes } }) - 1);
    }
  }
  if (images.length === 0)
    throw new FaceNetError("FACES_UNUSABLE", { faces: path, reason: "its tar files contain no image of a person" });
  return { name: path, people: [...imagesOf.keys()], imagesOfPeople: [...imagesOf.values()], images };
}

/** The .tar files of a folder, by name. */
export async function shardsIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((): string[] => []);
  return names
    .filter((name) => extname(name) === ".tar")
    .sort()
    .map((name) => join(folder, name));
}

async function labelledEntries(file: string): Promise<(Entry & { readonly person: string })[]> {
  try {
    await using handle = await open(file);
    const entries = await Array.fromAsync(entriesOf(handle));
    const labels = new Map<string, string>();
    for (const entry of entries)
      if (extname(entry.path) === ".cls" && entry.bytes <= MAX_LABEL)
        labels.set(keyOf(entry.path), (await textOf(handle, entry)).trim());
    return entries
      .filter(({ path }) => isImagePath(path))
      .map((entry) => ({ ...entry, person: labels.get(keyOf(entry.path)) ?? basename(dirname(entry.path)) }))
      .filter(({ person }) => person !== "" && person !== ".");
  } catch (error) {
    throw new FaceNetError("FACES_UNUSABLE", { faces: file, reason: `cannot be read as a tar file (${reasonOf(error)})` }, error);
  }
}

/** Entries of an archive and the offsets of their bytes. Long names are in an extra header before the file's. */
async function* entriesOf(handle: FileHandle): AsyncGenerator<Entry> {
  const { size: end } = await handle.stat();
  const { Header, Pax } = await import("tar"); // few commands read archives
  let extended: PaxHeader | undefined;
  for (let at = 0; at + BLOCK <= end; ) {
    const header = new Header(await bytesAt(handle, at, BLOCK), 0, extended);
    if (header.nullBlock) return;
    if (!header.cksumValid) throw new Error(`no header at byte ${at}`);
    const entry = { path: header.path ?? "", offset: at + BLOCK, bytes: header.size ?? 0 };
    if (entry.offset + entry.bytes > end) throw new Error(`is truncated: ${entry.path} extends beyond its end`);
    if (header.type === "ExtendedHeader") extended = Pax.parse(await textOf(handle, entry));
    else if (header.type === "NextFileHasLongPath")
      extended = new Pax({ path: (await textOf(handle, entry)).replace(/\0.*$/s, "") });
    else {
      if (header.type === "File" || header.type === "OldFile") yield entry;
      extended = undefined;
    }
    at = entry.offset + Math.ceil(entry.bytes / BLOCK) * BLOCK;
  }
}

async function bytesAt(handle: FileHandle, offset: number, count: number): Promise<Buffer> {
  return (await handle.read(Buffer.alloc(count), 0, count, offset)).buffer;
}

async function textOf(handle: FileHandle, { offset, bytes }: Entry): Promise<string> {
  return (await bytesAt(handle, offset, bytes)).toString("utf8");
}

/** Key shared by the files of one sample: the path up to the first dot of the name. */
function keyOf(path: string): string {
  return join(dirname(path), basename(path).replace(/\..*$/, ""));
}

export type PackOptions = {
  /** A shard ends after the person with whom it reaches this many images. */
  readonly imagesPerShard: number;
  readonly signal?: AbortSignal;
  /** Called after each shard with the images written so far. */
  readonly onProgress?: (images: number) => void;
};

/**
 * The images of one person stay together, so that reading a mini-batch needs few seeks. The same faces give the
 * same files, byte for byte.
 *
 * @param faces of a folder with a sub-folder for each person
 * @param folder created if it does not exist; must not contain .tar files
 * @returns paths of the shards
 * @throws FaceNetError OUTPUT_NOT_WRITABLE; the signal's reason. Shards written so far are complete.
 */
export async function packFaces(
  faces: FaceImages,
  folder: string,
  { imagesPerShard, signal, onProgress }: PackOptions,
): Promise<string[]> {
  const shards: string[] = [];
  let written = 0;
  try {
    await mkdir(folder, { recursive: true });
    if ((await readdir(folder)).some((name) => name.endsWith(".tar"))) throw new Error("already contains .tar files");
    for (const names of shardsOf(faces, imagesPerShard)) {
      signal?.throwIfAborted();
      const shard = join(folder, `shard-${String(shards.length).padStart(6, "0")}.tar`);
      await writeByPath(shard, (part) => writeShard(faces.name, names, part));
      shards.push(shard);
      written += names.length;
      onProgress?.(written);
    }
    return shards;
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    if (error instanceof FaceNetError) throw error;
    throw new FaceNetError("OUTPUT_NOT_WRITABLE", { file: folder, reason: reasonOf(error) }, error);
  }
}

/** Assigns files to shards, person by person. */
function* shardsOf({ name, images, imagesOfPeople }: FaceImages, imagesPerShard: number): Generator<string[]> {
  let shard: string[] = [];
  for (const own of imagesOfPeople) {
    for (const image of own) shard.push(relative(name, images[image]?.file as string));
    if (shard.length >= imagesPerShard) {
      yield shard;
      shard = [];
    }
  }
  if (shard.length > 0) yield shard;
}

/** Entries are PERSON/IMAGE; deeper folders become part of the image's name. */
async function writeShard(root: string, names: string[], path: string): Promise<void> {
  const flatten = (entry: { path: string }): void => {
    const [person, ...rest] = entry.path.split(/[\\/]/);
    entry.path = `${person}/${rest.join("_")}`;
  };
  const { create } = await import("tar");
  await create({ file: path, cwd: root, portable: true, mtime: new Date(0), strict: true, onWriteEntry: flatten }, names);
}
