/**
 * Fills a gallery from files: looks at what is new or changed, passes over what is known, notes what could not
 * be read. Each photograph is one transaction, so a run may end at any moment and go on later.
 *
 * Four stages run side by side, so that the networks never wait: files are looked up well ahead of the rest, which is how the
 * time left becomes known; a few are read and hashed ahead; the worker threads decode, detect and embed; answers are written
 * while the next are computed. Every file is read once: what was hashed is what is looked at.
 */
import type { FaceNetError } from "../../errors.ts";
import { type BatchItem, type Progress, ProgressCounter, toFaceNetError } from "../../faces/batch.ts";
import { type FaceNet, type LookOptions, lookDefaults } from "../../faces/facenet.ts";
import { mapOrdered } from "../../faces/map-ordered.ts";
import type { RegionReading } from "../../image/face-regions.ts";
import { readMetadata } from "../../image/metadata.ts";
import { pixelsHash } from "../../image/pixels-hash.ts";
import type { EmbeddedImage } from "../../schemas/face.ts";
import type { FaceFloor, GalleryIdentity } from "../../schemas/gallery.ts";
import type { NamedBytes } from "../../schemas/image-source.ts";
import type { IndexEvent } from "../../schemas/index-event.ts";
import { galleryIdentity } from "../access/gallery-identity.ts";
import type { GalleryStore, ReadFile } from "../store/gallery-store.ts";
import { Backlog } from "./backlog.ts";
import { carryOver } from "./carry-over.ts";
import { assignRegions, namedRegions } from "./named-regions.ts";
import { type FileState, fileState, readContent } from "./photograph-file.ts";

/** Files whose state is asked for at a time: a database across a network answers each in a millisecond or so. */
const LOOKED_UP = 32;
/** Files that are read before the worker threads ask for them; they lie in memory whole. */
const READ_AHEAD = 4;
/** Answers that are written at a time. */
const WRITTEN = 4;

export type IndexOptions = Pick<LookOptions, "minFaceSize" | "minConfidence" | "maxPixels" | "signal"> & {
  readonly facenet: FaceNet;
  readonly store: GalleryStore;
  /** Look again at files that could not be read before and have not changed. Default false. */
  readonly retry?: boolean;
  /** Keep each face's embedding in full beside its code, four times the size and more. Default false. */
  readonly vectors?: boolean;
  /** Take in photographs that were forgotten, too. Default false. */
  readonly forgotten?: boolean;
  /** Take over the names that other programs have given to faces, by XMP inside photographs or beside them. Default false. */
  readonly readRegions?: boolean;
  /** Whether a file to be read is left for another time, because it may still be growing. Default: none is. */
  readonly isGrowing?: ((file: FileState) => boolean) | undefined;
  readonly onProgress?: (progress: Progress) => void;
  readonly onEvent?: ((event: IndexEvent) => void) | undefined;
};

export type IndexReport = {
  /** photographs looked at for the first time */
  readonly added: number;
  /** files whose content was in the gallery already: copies, moved or renamed */
  readonly moved: number;
  /** files that had not changed since they were looked at, but for those that could not be read then */
  readonly known: number;
  /** known photographs that were looked at once more, because smaller, less certain or fewer faces were asked for than before */
  readonly lookedAgain: number;
  /** faces of those that are below the new floor, and nothing was said of them */
  readonly removed: number;
  /** files passed over, because a photograph of their content was forgotten */
  readonly forgotten: number;
  readonly faces: number;
  /** faces of photographs that were gone or replaced, found again in other files with what was said of them */
  readonly carriedOver: number;
  /** files that could not be read, in this run or before */
  readonly failures: readonly IndexFailure[];
};

export type IndexFailure = { readonly path: string; readonly code: string; readonly message: string };

/** All of a file but its bytes and what the networks say. */
type Unseen = Omit<ReadFile, "width" | "height" | "faces"> & {
  readonly regions: readonly RegionReading[];
  /** where it is known and looked at once more */
  readonly again?: { readonly photograph: number; readonly isMoved: boolean };
};

/**
 * @param paths of files, as many as there are: they are taken as they come
 * @throws FaceNetError GALLERY_MODEL_MISMATCH, GALLERY_NOT_WRITABLE; what `paths` throws; the signal's reason. What was done is
 *   kept.
 */
export async function indexPhotographs(
  paths: Iterable<string> | AsyncIterable<string>,
  options: IndexOptions,
): Promise<IndexReport> {
  const { facenet, store, signal } = options;
  const report = await takeIn(paths, options);
  const { placed } = await carryOver(store, facenet.model, signal);
  return { ...report, carriedOver: placed };
}

/**
 * The same, but for what was said of photographs that are gone: it is not carried over yet, because more may turn out to be gone.
 */
export async function takeIn(
  paths: Iterable<string> | AsyncIterable<string>,
  options: IndexOptions,
): Promise<Omit<IndexReport, "carriedOver">> {
  const { facenet, store } = options;
  await store.adopt(galleryIdentity(facenet.model, facenet.detector));
  return new IndexRun(options).run(paths);
}

class IndexRun {
  readonly #options: IndexOptions;
  readonly #counts = { added: 0, moved: 0, known: 0, lookedAgain: 0, removed: 0, forgotten: 0, faces: 0 };
  readonly #failures: IndexFailure[] = [];
  /** Paths of files to read: all that is kept of those to come. */
  readonly #backlog = new Backlog<string>();
  readonly #lookedUp = new ProgressCounter(undefined, performance.now(), "files");
  #progress: ProgressCounter | undefined;
  /** Photographs that the networks are busy with, by the order in which they were given. */
  readonly #underWay = new Map<number, Unseen>();

  readonly #floor: FaceFloor;
  readonly #identity: GalleryIdentity;

  constructor(options: IndexOptions) {
    this.#options = options;
    const { minFaceSize = lookDefaults.minFaceSize, minConfidence = lookDefaults.minConfidence, facenet } = options;
    this.#floor = { minFaceSize, minConfidence };
    this.#identity = galleryIdentity(facenet.model, facenet.detector);
  }

  async run(paths: Iterable<string> | AsyncIterable<string>): Promise<Omit<IndexReport, "carriedOver">> {
    const { facenet, signal, maxPixels } = this.#options;
    const lookingUp = this.#lookUp(paths);
    const answers = facenet.embed(this.#unseen(), { ...this.#floor, maxPixels, signal });
    try {
      for await (const _ of mapOrdered(answers, WRITTEN, (item) => this.#record(item), signal));
    } finally {
      this.#backlog.abandon();
      await lookingUp; // the gallery may be closed after this
    }
    return { ...this.#counts, failures: this.#failures };
  }

  /** Fills the backlog, and ends it whatever happens. */
  async #lookUp(paths: Iterable<string> | AsyncIterable<string>): Promise<void> {
    try {
      for await (const path of mapOrdered(paths, LOOKED_UP, (each) => this.#needsReading(each), this.#options.signal)) {
        if (this.#backlog.abandoned) return;
        const progress = this.#lookedUp.count(true, 0, performance.now());
        if (path !== undefined) this.#backlog.add(path);
        else if (!this.#progress) this.#options.onProgress?.(progress);
      }
      this.#backlog.end();
    } catch (error) {
      this.#backlog.end(error);
    }
  }

  /** @returns the path, of a file that is to be read */
  async #needsReading(path: string): Promise<string | undefined> {
    const { store, retry, readRegions, isGrowing } = this.#options;
    let state: FileState;
    try {
      state = await fileState(path);
    } catch (error) {
      this.#fail(path, toFaceNetError(error));
      return undefined;
    }
    const known = await store.knownFile(path);
    if (!known || known.bytes !== state.bytes || known.modifiedMs !== state.modifiedMs || (known.error && retry))
      return isGrowing?.(state) ? undefined : path;
    const { floor, photograph } = known;
    if (photograph !== null && floor && !this.#isLower(floor) && !this.#isSame(floor)) await this.#dropBelow(photograph);
    if (readRegions && photograph !== null) return path;
    if (known.missing) await this.#isBack(state, photograph);
    if (floor && this.#isLower(floor)) return path;
    if (known.error) this.#failures.push({ path, ...known.error });
    else this.#counts.known++;
    return undefined;
  }

  /** Whether there may be faces that were not looked for with this floor. */
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

  /** A file that was gone for a while, on a disk that was not plugged in say, and is what it was. */
  async #isBack(state: FileState, photograph: number | null): Promise<void> {
    const { store } = this.#options;
    const known = photograph === null ? undefined : await store.photograph(photograph);
    if (known) await store.recordFile({ ...known, ...state, faces: [] });
  }

  /** The bytes of files to look at. Contents that are known get their new path on the way. */
  async *#unseen(): AsyncGenerator<NamedBytes> {
    let index = 0;
    for await (const content of mapOrdered(this.#backlog, READ_AHEAD, (path) => this.#read(path), this.#options.signal)) {
      if (!content) continue;
      const { data, ...file } = content;
      this.#underWay.set(index++, file);
      yield { name: file.path, data };
    }
  }

  async #read(path: string): Promise<(Unseen & { readonly data: Uint8Array }) | undefined> {
    this.#progress ??= new ProgressCounter(undefined, performance.now());
    const { store, forgotten, readRegions, maxPixels } = this.#options;
    const content = await readContent(path).catch((error: unknown) => {
      this.#fail(path, toFaceNetError(error));
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
    const unseen = { ...content, pixels: pixels ?? null, takenAt: twin?.takenAt ?? metadata?.takenAt ?? null, regions };
    if (!twin) return unseen;
    const { data: _, ...file } = content;
    const { known } = await store.recordFile({ ...twin, ...file, pixels: pixels ?? null, faces: [] });
    if (await this.#asksAgain(path)) return { ...unseen, again: { photograph: twin.id, isMoved: !known } };
    await assignRegions(store, twin.id, regions);
    if (known) {
      this.#counts.known++; // only its metadata changed, it was read for its regions, or another process has just recorded it
      this.#count(true, 0);
    } else this.#counted({ kind: "moved", path });
    return undefined;
  }

  /** Whether the photograph at the path is known with a higher floor. */
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
      // What is no property of the file may go better next time.
      const isOfFile = error.code.startsWith("IMAGE_") && file.again === undefined;
      if (isOfFile) await store.recordFailure({ ...file, code: error.code, message: error.message });
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

  #fail(path: string, { code, message }: FaceNetError): void {
    this.#failures.push({ path, code, message });
    this.#options.onEvent?.({ kind: "failed", path, code, message });
  }

  #count(ok: boolean, faces: number): void {
    if (this.#backlog.ended) this.#progress?.expect(this.#backlog.added);
    const progress = this.#progress?.count(ok, faces, performance.now());
    if (progress) this.#options.onProgress?.(progress);
  }
}
