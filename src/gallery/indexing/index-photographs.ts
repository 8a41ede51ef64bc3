/**
 * Indexes files into a gallery: processes new and changed files, skips known ones, records unreadable ones. Each photograph is
 * one transaction, so a run can be stopped at any time and resumed.
 *
 * Four stages run concurrently so that the networks never wait: files are looked up well ahead of the others, which yields the
 * estimated time left; a few are read and hashed ahead; worker threads decode, detect and embed; results are written while the
 * next are computed. Every file is read once: the hashed bytes are the ones that are processed.
 */
import { failureOf } from "../../errors.ts";
import { type BatchItem, type Progress, ProgressCounter } from "../../faces/batch.ts";
import { type FaceNet, type LookOptions, lookDefaults } from "../../faces/facenet.ts";
import { mapOrdered } from "../../faces/map-ordered.ts";
import type { RegionReading } from "../../image/face-regions.ts";
import { readMetadata } from "../../image/metadata.ts";
import { pixelsHash } from "../../image/pixels-hash.ts";
import type { EmbeddedImage } from "../../schemas/face.ts";
import type { FileFailure } from "../../schemas/failure.ts";
import type { FaceFloor, GalleryIdentity } from "../../schemas/gallery.ts";
import type { NamedBytes, NamedFile } from "../../schemas/image-source.ts";
import type { IndexEvent } from "../../schemas/index-event.ts";
import { galleryIdentity } from "../access/gallery-identity.ts";
import type { GalleryStore, ReadFile } from "../store/gallery-store.ts";
import { Backlog } from "./backlog.ts";
import { carryOver } from "./carry-over.ts";
import { assignRegions, namedRegions } from "./named-regions.ts";
import { type FileState, fileState, namedFile, type PhotographFile, readContent } from "./photograph-file.ts";

/** Concurrent file look-ups: a database over a network takes about a millisecond for each. */
const LOOKED_UP = 32;
/** Files read ahead of the worker threads, held in memory as a whole. */
const READ_AHEAD = 4;
/** Concurrent writes of results. */
const WRITTEN = 4;

export type IndexOptions = Pick<LookOptions, "minFaceSize" | "minConfidence" | "maxPixels" | "signal"> & {
  readonly facenet: FaceNet;
  readonly store: GalleryStore;
  /** Retry files that could not be read before, even if unchanged. Default false. */
  readonly retry?: boolean;
  /** Store each face's full embedding beside its code, at least four times its size. Default false. */
  readonly vectors?: boolean;
  /** Index forgotten photographs too. Default false. */
  readonly forgotten?: boolean;
  /** Import names of faces given by other programs, from XMP inside photographs or in sidecar files. Default false. */
  readonly readRegions?: boolean;
  /** Whether to postpone a file because it may still be growing. Default: never. */
  readonly isGrowing?: ((file: FileState) => boolean) | undefined;
  readonly onProgress?: (progress: Progress) => void;
  readonly onEvent?: ((event: IndexEvent) => void) | undefined;
};

export type IndexReport = {
  /** new photographs */
  readonly added: number;
  /** files with known content: copies, moved or renamed */
  readonly moved: number;
  /** unchanged files, except those that could not be read */
  readonly known: number;
  /** known photographs in which faces were detected again, because the detection limits have changed */
  readonly lookedAgain: number;
  /** faces of those below the new limits and without corrections */
  readonly removed: number;
  /** files skipped, because a photograph with their content was forgotten */
  readonly forgotten: number;
  readonly faces: number;
  /** faces of missing or replaced photographs, matched in other files with their corrections */
  readonly carriedOver: number;
  /** files that could not be read, in this run or before */
  readonly failures: readonly FileFailure[];
};

/** A file without its bytes and detection results. */
type Unseen = Omit<ReadFile, "width" | "height" | "faces"> & {
  readonly name: string;
  readonly regions: readonly RegionReading[];
  /** set if the photograph is known and faces are detected again */
  readonly again?: { readonly photograph: number; readonly isMoved: boolean };
};

/**
 * @param photographs consumed as a stream
 * @throws FaceNetError GALLERY_MODEL_MISMATCH, GALLERY_NOT_WRITABLE; as `photographs`; the signal's reason. Completed work is kept.
 */
export async function indexPhotographs(
  photographs: Iterable<PhotographFile> | AsyncIterable<PhotographFile>,
  options: IndexOptions,
): Promise<IndexReport> {
  const { facenet, store, signal } = options;
  const report = await takeIn(photographs, options);
  return { ...report, carriedOver: await carryOver(store, facenet.model, signal) };
}

/** The same without carrying corrections over from missing photographs, because more may turn out to be missing. */
export async function takeIn(
  photographs: Iterable<PhotographFile> | AsyncIterable<PhotographFile>,
  options: IndexOptions,
): Promise<Omit<IndexReport, "carriedOver">> {
  const { facenet, store } = options;
  await store.adopt(galleryIdentity(facenet.model, facenet.detector));
  return new IndexRun(options).run(photographs);
}

class IndexRun {
  readonly #options: IndexOptions;
  readonly #counts = { added: 0, moved: 0, known: 0, lookedAgain: 0, removed: 0, forgotten: 0, faces: 0 };
  readonly #failures: FileFailure[] = [];
  /** Files to read. */
  readonly #backlog = new Backlog<NamedFile>();
  readonly #lookedUp = new ProgressCounter(undefined, performance.now(), "files");
  #progress: ProgressCounter | undefined;
  /** Photographs being processed, by input order. */
  readonly #underWay = new Map<number, Unseen>();

  readonly #floor: FaceFloor;
  readonly #identity: GalleryIdentity;

  constructor(options: IndexOptions) {
    this.#options = options;
    const { minFaceSize = lookDefaults.minFaceSize, minConfidence = lookDefaults.minConfidence, facenet } = options;
    this.#floor = { minFaceSize, minConfidence };
    this.#identity = galleryIdentity(facenet.model, facenet.detector);
  }

  async run(photographs: Iterable<PhotographFile> | AsyncIterable<PhotographFile>): Promise<Omit<IndexReport, "carriedOver">> {
    const { facenet, signal, maxPixels } = this.#options;
    const lookingUp = this.#lookUp(photographs);
    const answers = facenet.embed(this.#unseen(), { ...this.#floor, maxPixels, signal });
    try {
      for await (const _ of mapOrdered(answers, WRITTEN, (item) => this.#record(item), signal));
    } finally {
      this.#backlog.abandon();
      await lookingUp; // the gallery may be closed after this
    }
    return { ...this.#counts, failures: this.#failures };
  }

  /** Fills the backlog, and always ends it. */
  async #lookUp(photographs: Iterable<PhotographFile> | AsyncIterable<PhotographFile>): Promise<void> {
    const { signal } = this.#options;
    try {
      for await (const file of mapOrdered(photographs, LOOKED_UP, (each) => this.#needsReading(namedFile(each)), signal)) {
        if (this.#backlog.abandoned) return;
        const progress = this.#lookedUp.count(true, 0, performance.now());
        if (file !== undefined) this.#backlog.add(file);
        else if (!this.#progress) this.#options.onProgress?.(progress);
      }
      this.#backlog.end();
    } catch (error) {
      this.#backlog.end(error);
    }
  }

  /** @returns the file if it has to be read */
  async #needsReading(file: NamedFile): Promise<NamedFile | undefined> {
    const { path } = file;
    const { store, retry, readRegions, isGrowing } = this.#options;
    let state: FileState;
    try {
      state = await fileState(file);
    } catch (error) {
      this.#fail(path, error);
      return undefined;
    }
    const known = await store.knownFile(path);
    if (!known || known.bytes !== state.bytes || known.modifiedMs !== state.modifiedMs || (known.error && retry))
      return isGrowing?.(state) ? undefined : file;
    const { floor, photograph } = known;
    if (photograph !== null && floor && !this.#isLower(floor) && !this.#isSame(floor)) await this.#dropBelow(photograph);
    if (readRegions && photograph !== null) return file;
    if (known.missing) await this.#isBack(state, photograph);
    if (floor && this.#isLower(floor)) return file;
    if (known.error) this.#failures.push({ path, ...known.error });
    else this.#counts.known++;
    return undefined;
  }

  /** Whether these limits may reveal faces that were not detected before. */
  #isLower({ minFaceSize, minConfidence }: FaceFloor): boolean {
    return this.#floor.minFaceSize < minFaceSize || this.#floor.minConfidence < minConfidence;
  }

  #isSame({ minFaceSize, minConfidence }: FaceFloor): boolean {
    return this.#floor.minFaceSize === minFaceSize && this.#floor.minConfidence === minConfidence;
  }

  async #dropBelow(photograph: number): Promise<void> {
    const look = { photograph, floor: this.#floor, identity: this.#identity };
    this.#counts.removed += (await this.#options.store.lookAgain(look)).removed;
    this.#counts.lookedAgain++;
  }

  /** Handles a file that was temporarily missing, such as on a disconnected disk, and is unchanged. */
  async #isBack(state: FileState, photograph: number | null): Promise<void> {
    const { store } = this.#options;
    const known = photograph === null ? undefined : await store.photograph(photograph);
    if (known) await store.recordFile({ ...known, ...state, faces: [] });
  }

  /** Yields the bytes of files to process. Files with known content only get their new path recorded. */
  async *#unseen(): AsyncGenerator<NamedBytes> {
    let index = 0;
    for await (const content of mapOrdered(this.#backlog, READ_AHEAD, (file) => this.#read(file), this.#options.signal)) {
      if (!content) continue;
      const { data, ...file } = content;
      this.#underWay.set(index++, file);
      yield { name: file.name, data };
    }
  }

  async #read(named: NamedFile): Promise<(Unseen & { readonly data: Uint8Array }) | undefined> {
    const { name, path } = named;
    this.#progress ??= new ProgressCounter(undefined, performance.now());
    const { store, forgotten, readRegions, maxPixels } = this.#options;
    const content = await readContent(named).catch((error: unknown) => {
      this.#fail(path, error);
      this.#count(false, 0);
    });
    if (!content) return undefined;
    const same = await store.photographByHash(content.hash);
    const pixels = same ? undefined : await pixelsHash(content.data, maxPixels);
    const twin = same ?? (pixels === undefined ? undefined : await store.photographByPixels(pixels));
    if (!twin && !forgotten && ((await store.isForgotten(content.hash)) || (pixels && (await store.isForgotten(pixels))))) {
      this.#counts.forgotten++;
      this.#options.onEvent?.({ kind: "forgotten", path });
      this.#count(true, 0);
      return undefined;
    }
    const metadata = twin && !readRegions ? undefined : await readMetadata(content.data);
    const regions = metadata && readRegions ? await namedRegions(path, metadata) : [];
    const unseen = { ...content, name, pixels: pixels ?? null, takenAt: twin?.takenAt ?? metadata?.takenAt ?? null, regions };
    if (!twin) return unseen;
    const { data: _, ...file } = content;
    const { known } = await store.recordFile({ ...twin, ...file, pixels: pixels ?? null, faces: [] });
    if (await this.#asksAgain(path)) return { ...unseen, again: { photograph: twin.id, isMoved: !known } };
    await assignRegions(store, twin.id, regions);
    if (known) {
      this.#counts.known++; // only its metadata changed, it was read for its regions, or another process recorded it first
      this.#count(true, 0);
    } else this.#counted({ kind: "moved", path });
    return undefined;
  }

  /** Whether faces have to be detected again in the photograph at the path, with the lower limits. */
  async #asksAgain(path: string): Promise<boolean> {
    const floor = (await this.#options.store.knownFile(path))?.floor;
    return floor ? this.#isLower(floor) : false;
  }

  async #record(item: BatchItem<EmbeddedImage>): Promise<void> {
    const { store, vectors = false } = this.#options;
    const file = this.#underWay.get(item.index) as Unseen;
    this.#underWay.delete(item.index);
    const { path } = file;
    if (!item.ok) {
      const { error } = item;
      // Only errors caused by the file itself are recorded; others may be temporary.
      const isOfFile = error.code.startsWith("IMAGE_") && file.again === undefined;
      if (isOfFile) await store.recordFailure({ ...file, ...failureOf(error) });
      this.#fail(path, error);
      this.#count(false, 0);
      return;
    }
    const { width, height, faces: found } = item.value;
    const faces = found.map(({ box, landmarks, quality, embedding: { code, vector } }) => ({
      box,
      landmarks,
      quality,
      code,
      vector: vectors ? vector : null,
    }));
    const [floor, identity] = [this.#floor, this.#identity];
    if (file.again !== undefined) {
      const { photograph, isMoved } = file.again;
      const { added, removed } = await store.lookAgain({ photograph, faces, floor, identity });
      await assignRegions(store, photograph, file.regions);
      this.#counts.lookedAgain++;
      this.#counts[isMoved ? "moved" : "known"]++;
      if (isMoved) this.#options.onEvent?.({ kind: "moved", path });
      this.#counts.faces += added;
      this.#counts.removed += removed;
      this.#count(true, added);
      return;
    }
    const { added, known, photograph } = await store.recordFile({ ...file, width, height, faces, floor, identity });
    await assignRegions(store, photograph, file.regions);
    if (known) {
      this.#counts.known++; // another process was first
      this.#count(true, 0);
    } else this.#counted(added ? { kind: "added", path, faces: faces.length } : { kind: "moved", path });
  }

  #counted(event: Extract<IndexEvent, { kind: "added" | "moved" }>): void {
    const faces = event.kind === "added" ? event.faces : 0;
    this.#counts[event.kind]++;
    this.#counts.faces += faces;
    this.#options.onEvent?.(event);
    this.#count(true, faces);
  }

  #fail(path: string, error: unknown): void {
    const failure = { path, ...failureOf(error) };
    this.#failures.push(failure);
    this.#options.onEvent?.({ kind: "failed", ...failure });
  }

  #count(ok: boolean, faces: number): void {
    if (this.#backlog.ended) this.#progress?.expect(this.#backlog.added);
    const progress = this.#progress?.count(ok, faces, performance.now());
    if (progress) this.#options.onProgress?.(progress);
  }
}
