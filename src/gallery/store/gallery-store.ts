/**
 * Where a gallery is kept. One interface, two engines (SQLite, PostgreSQL); `test/gallery/store-conformance.ts` is the
 * suite that both pass. Each call is one transaction: it happened whole or not at all, also when the process is killed.
 */

import type { CalibrationNote, GalleryCalibration } from "../../schemas/calibration.ts";
import type {
  Change,
  ComparableFace,
  Correction,
  CorrectionRecord,
  FaceFloor,
  GalleryFace,
  GalleryIdentity,
  GalleryStatistics,
  KnownFile,
  Link,
  NewFace,
  Person,
  Photograph,
  Rejection,
  Undecided,
} from "../../schemas/gallery.ts";

/** A file that was read: what it is, where it lies, and the faces in it. */
export type ReadFile = {
  readonly path: string;
  readonly bytes: number;
  readonly modifiedMs: number;
  /** of the bytes that the photograph is known by */
  readonly hash: string;
  /** of this file's bytes, where its metadata was edited since; default `hash` */
  readonly fileHash?: string | undefined;
  /** of the decoded pixels, the same whatever metadata the file has; null where they were not hashed */
  readonly pixels?: string | null;
  readonly width: number;
  readonly height: number;
  readonly takenAt: string | null;
  readonly faces: readonly NewFace[];
  /** with which faces were looked for; default that of the options' defaults */
  readonly floor?: FaceFloor;
  /** What the faces were embedded with; refused where the gallery has moved to another model meanwhile. */
  readonly identity?: GalleryIdentity;
};

export type RecordedFile = {
  readonly photograph: number;
  readonly added: boolean;
  readonly known: boolean;
  readonly faces: readonly number[];
};

/** A photograph that no file holds any more, with faces to be found again in another. */
export type GonePhotograph = Pick<ReadFile, "hash" | "pixels" | "width" | "height" | "takenAt" | "faces"> & {
  readonly lastPath: string | null;
};

export type UnreadableFile = Pick<ReadFile, "path" | "bytes" | "modifiedMs"> & {
  readonly code: string;
  readonly message: string;
};

/** Which faces; every field narrows. */
export type FaceFilter = {
  /** null: nobody's */
  readonly person?: number | null | undefined;
  readonly photograph?: number | undefined;
  readonly ids?: readonly number[] | undefined;
  /** with a larger id: the next page */
  readonly after?: number | undefined;
  /** in a photograph that lies in this folder or below it */
  readonly folder?: string | undefined;
  /** in a photograph taken then or later, local time: 2019, 2019-07, 2019-07-14, 2019-07-14T12:33 */
  readonly takenFrom?: string | undefined;
  /** in a photograph taken then or before, the whole of that year, month, day or minute included */
  readonly takenTo?: string | undefined;
  /** somebody's, or nobody's */
  readonly assigned?: boolean | undefined;
  /** nothing speaks against their quality */
  readonly acceptable?: boolean | undefined;
  /** ignored, or not */
  readonly ignored?: boolean | undefined;
  /** with an embedding, or without */
  readonly embedded?: boolean | undefined;
  /** of somebody who has a name */
  readonly named?: boolean | undefined;
};

/** Who makes a change: user of the machine, or name of the API key. */
export type Author = { readonly by?: string | null | undefined };

/** Changes in several transactions that {@link GalleryStore.undo} takes back as one step. */
export type OpenStep = {
  /** @returns the person it made, changed or kept */
  correct(correction: Correction): Promise<number | null>;
  regroup(groups: readonly Regrouping[]): Promise<void>;
};

/** What is compared to find a photograph again in another file. */
export type Look = Pick<Photograph, "width" | "height" | "takenAt"> & {
  readonly photograph: number;
  readonly faces: readonly Pick<GalleryFace, "id" | "box" | "landmarks" | "code">[];
};

/** A photograph that is gone, with a face at least of which something was said. */
export type GoneLook = Look & {
  /** the faces of which something was said; the others help to recognise the picture */
  readonly stated: ReadonlySet<number>;
  /** compared with all photographs up to this number */
  readonly sought: number;
  /** photographs up to this number were beside others when folders were last looked through: more likely shots of their own */
  readonly settled: number;
  /** the photograph that lies at its last path now */
  readonly replacedBy: number | null;
};

/** A face of which something was said and whose photograph is gone. */
export type UnplacedFace = {
  readonly face: number;
  readonly photograph: number;
  /** where the photograph lay last */
  readonly path: string | null;
  /** another picture lies there now */
  readonly replaced: boolean;
  readonly person: number | null;
  readonly name: string | null;
};

/** @property corrections changes that can no longer be taken back or done again */
export type Forgotten = { readonly faces: number; readonly corrections: number };

/** @property conflicts old paths that were left, because another photograph is at the new one */
export type Relocated = { readonly files: number; readonly conflicts: readonly string[] };

/** Where a face of a gone photograph is in a new look: that of a detected face, or the place given. */
export type Placement = Pick<GalleryFace, "box" | "landmarks"> & { readonly face: number; readonly onto: number | null };

/** Some faces as a search needs them; the arrays run alongside each other. */
export type CodePortion = {
  readonly ids: readonly number[];
  /** [n * dimensions] */
  readonly codes: Int8Array;
  readonly photographs: readonly number[];
  readonly people: readonly (number | null)[];
};

/** Whose some faces are and where they are; the arrays run alongside each other. */
export type OwnerPortion = Pick<CodePortion, "ids" | "photographs" | "people">;

/** A face as a search finds it. */
export type FoundFace = {
  readonly id: number;
  /** squared L2 of the directions, 0 to 4, from the codes */
  readonly distance: number;
  readonly photograph: number;
  readonly person: number | null;
};

/** A database's own index of the faces' embeddings. It may miss a face now and then; those found have exact distances. */
export type HnswIndex = {
  /** Roughly how many faces are in it. */
  size(): Promise<number>;
  /** Nearest first. @param options.k how many at most */
  nearest(probe: Int8Array, options: { readonly k: number; readonly filter?: FaceFilter | undefined }): Promise<FoundFace[]>;
};

/** A face with the date of its photograph. */
export type DatedFace = {
  readonly face: GalleryFace;
  /** EXIF, local time */
  readonly takenAt: string | null;
  /** the first of the photograph's files; null if all are gone */
  readonly path: string | null;
};

/** A photograph as a list shows it. */
export type DatedPhotograph = Pick<Photograph, "id" | "width" | "height" | "takenAt"> & {
  readonly path: string | null;
  readonly faces: number;
};

/** @property month 2019-07 */
export type MonthCount = { readonly month: string; readonly faces: number };

/** What clustering found: faces whose person changes. */
export type Regrouping = {
  readonly faces: readonly number[];
  /** an existing person, null for nobody, or "new" for one who does not exist yet */
  readonly person: number | null | "new";
};

/** A photograph embedded again. A face that was found anew has a place as well. */
export type MigratedPhotograph = {
  readonly photograph: number;
  readonly faces: readonly (Pick<ComparableFace, "id" | "code"> &
    Pick<NewFace, "vector"> & { readonly place?: FacePlace | undefined })[];
  /** faces that the gallery did not know */
  readonly found: readonly NewFace[];
};
export type FacePlace = Pick<NewFace, "box" | "landmarks" | "quality">;

/** A face's codes by the old model and the new one. */
export type MigratedPair = Pick<GalleryFace, "id" | "photograph" | "person"> & {
  readonly before: Int8Array;
  readonly after: Int8Array;
};

/** How far the move to another model is. */
export type Migration = { readonly identity: GalleryIdentity; readonly done: number; readonly left: number };

export type GalleryStore = {
  /** Path or address, without a password; for messages. */
  readonly name: string;

  /** What the gallery's faces were embedded with; undefined while it is empty and has never been written to. */
  identity(): Promise<GalleryIdentity | undefined>;
  /**
   * Stamps a gallery that is to take faces in.
   *
   * @throws FaceNetError GALLERY_MODEL_MISMATCH, GALLERY_DETECTOR_MISMATCH when it bears another identity
   */
  adopt(identity: GalleryIdentity): Promise<void>;
  /** For comparing with its faces: how they were found does not matter. @throws FaceNetError GALLERY_MODEL_MISMATCH */
  requireModel(identity: Pick<GalleryIdentity, "model" | "preprocessing">): Promise<void>;
  /**
   * Thresholds measured on the gallery's own people; undefined where none were, or another model has embedded the faces since.
   */
  calibration(): Promise<GalleryCalibration | undefined>;
  /** Replaces them; null removes them. */
  keepCalibration(calibration: GalleryCalibration | null): Promise<void>;
  /** Whether and when it was calibrated, for a gallery that calibrates by itself. */
  calibrationNote(): Promise<CalibrationNote>;
  noteCalibration(note: CalibrationNote): Promise<void>;
  /** Changes whenever anything in the gallery has, also through another process. */
  revision(): Promise<string>;

  knownFile(path: string): Promise<KnownFile | undefined>;
  /** Files in a folder and below it, those that are marked as gone too, sorted by path. */
  knownFiles(folder: string): AsyncIterable<KnownFile>;
  /**
   * Moves the paths of a folder and of everything below it to another, where the same files lie. A path at which the gallery
   * knows another photograph already is left as it was.
   *
   * @param move.there new paths of files that are there: they are no longer marked as gone
   */
  relocate(move: { readonly from: string; readonly to: string; readonly there: readonly string[] }): Promise<Relocated>;
  /** Sorted paths in a folder and below it, or all, but for those marked as gone; read in portions. */
  knownPaths(folder?: string): AsyncIterable<string>;
  failedFiles(): Promise<KnownFile[]>;
  /** By the hash of a file of it. */
  photographByHash(hash: string): Promise<Photograph | undefined>;
  photographByPixels(pixels: string): Promise<Photograph | undefined>;
  photograph(id: number): Promise<Photograph | undefined>;
  /** Hash of its decoded pixels; null where they were not hashed. */
  pixelsOf(photograph: number): Promise<string | null>;
  /**
   * Gone photographs with faces of which something was said (a person, a rejection, a link, ignored, drawn) that were not
   * compared with the newest photographs yet.
   */
  goneLooks(): Promise<GoneLook[]>;
  /** Faces of gone photographs of which a user said something, or whose person has a name, the newest first. */
  unplaced(limit?: number): Promise<UnplacedFace[]>;
  /** A photograph that is on disk. */
  presentLook(photograph: number): Promise<Look | undefined>;
  /**
   * Moves faces of a gone photograph, with their numbers and everything said of them, to another that shows the same. The gone
   * one is removed with its last face.
   *
   * @returns how many faces; 0 where the photographs have changed meanwhile
   */
  moveFaces(move: { readonly from: number; readonly to: number; readonly placements: readonly Placement[] }): Promise<number>;
  /** Gone photographs were compared with all that there are. */
  markSought(photographs: readonly number[]): Promise<void>;
  /** Folders were looked through: a photograph that goes from now on has its new look among those that come. */
  markSettled(): Promise<void>;
  /** In the order of their ids, read in portions. */
  photographs(after?: number): AsyncIterable<Photograph>;
  /**
   * Remembers a file. A photograph already known by its content or its pixels gets another path, and no second set of faces;
   * paths of it that were marked as gone are dropped: it has moved. The photograph that was at the path before stays as a gone
   * one where something was said of its faces and no other file holds it.
   *
   * @returns added: the photograph is new; known: it was at this path already, by another process say
   */
  recordFile(file: ReadFile): Promise<RecordedFile>;
  /**
   * Takes over what another look at a known photograph has found. A face where one was known is the known one; new ones are
   * added; known ones below the floor are removed, unless they were drawn or something was said of them or of their person.
   */
  lookAgain(look: {
    readonly photograph: number;
    /** undefined: only faces below the floor go */
    readonly faces?: readonly NewFace[];
    readonly floor: FaceFloor;
    readonly identity: GalleryIdentity;
  }): Promise<{ readonly added: number; readonly removed: number }>;
  /** Remembers a photograph without a file, where its content is not known yet. @returns its number */
  recordGone(photograph: GonePhotograph): Promise<Pick<RecordedFile, "photograph" | "added">>;
  recordFailure(file: UnreadableFile): Promise<void>;
  /**
   * Marks files as gone from disk. Their photographs and faces stay until they are forgotten. Only what a photograph needs is
   * kept: a path more, where it lies elsewhere too, and a file that could not be read are dropped.
   */
  markMissing(paths: readonly string[]): Promise<void>;

  /**
   * Adds a face that was drawn by hand: one step of the journal, with the name.
   *
   * @throws FaceNetError NOT_FOUND for a photograph that is not there
   */
  addDrawnFace(
    photograph: number,
    face: NewFace,
    options?: Author & { readonly name?: string | null },
  ): Promise<{ readonly face: number; readonly done: CorrectionRecord }>;
  /** Faces in the order of their ids, so many at most, read in portions. */
  faces(filter: FaceFilter & { readonly embedded: true }, atMost?: number): AsyncIterable<ComparableFace>;
  faces(filter?: FaceFilter, atMost?: number): AsyncIterable<GalleryFace>;
  face(id: number): Promise<GalleryFace | undefined>;
  /** The same faces as {@link faces}, those of the latest photograph first, those without a date last. */
  datedFaces(filter: FaceFilter, page: { readonly offset: number; readonly limit: number }): Promise<DatedFace[]>;
  /** Photographs, the latest first, those without a date last. */
  datedPhotographs(page: { readonly offset: number; readonly limit: number }): Promise<DatedPhotograph[]>;
  /** How many faces each month has, the latest first. */
  facesByMonth(filter: FaceFilter): Promise<MonthCount[]>;
  /** The same faces as {@link faces}, only what a search needs of them. */
  codes(filter?: FaceFilter): AsyncIterable<CodePortion>;
  /** The same of all faces, without their codes: what may have changed of faces whose codes are known. */
  owners(): AsyncIterable<OwnerPortion>;
  /** Where the database has one; `openFaceSearch` finds faces with or without. */
  readonly hnswIndex?: HnswIndex | undefined;

  people(): Promise<Person[]>;
  /** The name of each person, null for one without; much sooner than {@link people}, which counts. */
  names(): Promise<Map<number, string | null>>;
  person(id: number): Promise<Person | undefined>;
  /**
   * The face to show for each: of their first ones the largest that nothing speaks against, or the largest. Who has none is left
   * out.
   */
  covers(people: readonly number[]): Promise<ReadonlyMap<number, number>>;
  personByName(name: string): Promise<Person | undefined>;
  /** One step of the journal. @throws FaceNetError PERSON_NOT_FOUND, PERSON_NAME_TAKEN, FACE_UNKNOWN */
  correct(correction: Correction, author?: Author): Promise<CorrectionRecord>;
  /** A step that is made in several transactions; it is in the journal with its first change. */
  openStep(change: Change, author?: Author): OpenStep;
  /**
   * Takes back the last change that was not taken back yet; undefined when there is none.
   *
   * @param only its number: undefined also when another was made since
   * @throws FaceNetError PERSON_NAME_TAKEN
   */
  undo(only?: number): Promise<CorrectionRecord | undefined>;
  /**
   * Does again what was taken back last; a new change ends that.
   *
   * @param only its number
   * @throws FaceNetError PERSON_NAME_TAKEN
   */
  redo(only?: number): Promise<CorrectionRecord | undefined>;
  /** What can be taken back, the last first. @param options.undone what was taken back, as redo would do it */
  corrections(limit: number, options?: { readonly undone?: boolean }): Promise<CorrectionRecord[]>;
  /**
   * Moves faces as clustering found, except those that a user has assigned or ignored, and removes people left without name and
   * faces: one step of the journal.
   *
   * @returns undefined where nothing was to change
   */
  regroup(groups: readonly Regrouping[], options?: Author & { readonly reset?: boolean }): Promise<CorrectionRecord | undefined>;
  links(): Promise<Link[]>;
  rejections(): Promise<Rejection[]>;
  undecided(): Promise<Undecided[]>;

  /**
   * Removes a photograph with its faces, so that neither row nor free page keeps them, also from the journal. Its
   * content is remembered by its hash alone, so that indexing passes over it; {@link recordFile} takes it in again.
   *
   * @param options.mayReturn does not remember the hash either
   * @param options.dryRun only counts
   */
  forgetPhotograph(id: number, options?: { readonly mayReturn?: boolean; readonly dryRun?: boolean }): Promise<Forgotten>;
  /** A photograph of this content was forgotten. @param hash of a file, or of its pixels */
  isForgotten(hash: string): Promise<boolean>;
  forgottenHashes(): Promise<string[]>;
  /** As if photographs of this content had been forgotten here, except those that the gallery has. */
  rememberForgotten(hashes: readonly string[]): Promise<void>;
  /** Removes photographs that no file on disk holds, also from the journal. They come back when their files do. */
  prune(photographs: readonly number[]): Promise<Forgotten & { readonly photographs: number }>;
  /** Removes a person and all faces of theirs, also from the journal. @param options.dryRun only counts */
  forgetPerson(id: number, options?: { readonly dryRun?: boolean }): Promise<Forgotten>;

  /** The move to another model that is under way. */
  migration(): Promise<Migration | undefined>;
  /** Begins one, or goes on with it. @throws FaceNetError GALLERY_MIGRATING when another is under way */
  startMigration(identity: GalleryIdentity): Promise<Migration>;
  /** Photographs with faces that are not embedded with the new model yet, in the order of their ids. */
  unmigratedPhotographs(after: number, limit: number): Promise<number[]>;
  /** Keeps what a photograph is to become. */
  recordMigrated(migrated: MigratedPhotograph): Promise<void>;
  /** Faces that have both, their old code and the new one, the first by number. */
  migratedPairs(atMost: number): Promise<MigratedPair[]>;
  /** Puts the new codes in the place of the old. @throws FaceNetError GALLERY_MIGRATING when faces are left */
  finishMigration(): Promise<void>;
  /** Gives it up; the gallery stays as it was. */
  abandonMigration(): Promise<void>;

  statistics(): Promise<GalleryStatistics>;
  /** What is wrong with the gallery, in words; nothing when it is sound. */
  check(): Promise<string[]>;
  /**
   * A copy in a file, while others read and write.
   *
   * @throws FaceNetError OPTION_INVALID where the engine has its own tools for it
   */
  backup(file: string): Promise<void>;
  close(): Promise<void>;
};
