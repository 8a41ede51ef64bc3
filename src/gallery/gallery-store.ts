/**
 * Where a gallery is kept. One interface, several engines; `conformance.ts` is the suite that every one of them
 * passes. Each call is one transaction: it happened whole or not at all, also when the process is killed.
 */
import type {
  AssignedBy,
  GalleryFace,
  GalleryIdentity,
  GalleryStatistics,
  KnownFile,
  Link,
  NewFace,
  Person,
  Photograph,
  Rejection,
} from "../schemas/gallery.ts";

/** A file that was read: what it is, where it lies, and the faces in it. */
export type ReadFile = {
  readonly path: string;
  readonly bytes: number;
  readonly modifiedMs: number;
  readonly hash: string;
  readonly width: number;
  readonly height: number;
  readonly faces: readonly NewFace[];
};

export type UnreadableFile = Pick<ReadFile, "path" | "bytes" | "modifiedMs"> & {
  readonly code: string;
  readonly message: string;
};

/** Which faces; every field narrows. */
export type FaceFilter = {
  readonly person?: number | null;
  readonly photograph?: number;
  readonly ids?: readonly number[];
};

export type GalleryStore = {
  /** What the gallery's faces were embedded with; undefined while it is empty and has never been written to. */
  identity(): Promise<GalleryIdentity | undefined>;
  /** Stamps a gallery. @throws FaceNetError GALLERY_MODEL_MISMATCH when it bears another identity */
  adopt(identity: GalleryIdentity): Promise<void>;

  knownFile(path: string): Promise<KnownFile | undefined>;
  /** Paths under a folder, or all. */
  knownPaths(folder?: string): Promise<string[]>;
  photographByHash(hash: string): Promise<Photograph | undefined>;
  photograph(id: number): Promise<Photograph | undefined>;
  /** Remembers a file. A photograph already known by its content gets another path, and no second set of faces. */
  recordFile(
    file: ReadFile,
  ): Promise<{ readonly photograph: number; readonly added: boolean; readonly faces: readonly number[] }>;
  recordFailure(file: UnreadableFile): Promise<void>;
  /** Marks files as gone from disk. Their photographs and faces stay until they are forgotten. */
  markMissing(paths: readonly string[]): Promise<void>;

  /** Faces in the order of their ids, read in portions. */
  faces(filter?: FaceFilter): AsyncIterable<GalleryFace>;
  face(id: number): Promise<GalleryFace | undefined>;

  people(): Promise<Person[]>;
  personByName(name: string): Promise<Person | undefined>;
  createPerson(name: string | null): Promise<number>;
  /** @throws FaceNetError PERSON_NOT_FOUND, PERSON_NAME_TAKEN */
  renamePerson(id: number, name: string | null): Promise<void>;
  /** Gives faces to a person, or to none. A face that a user has assigned is not moved by "cluster". */
  assign(faces: readonly number[], person: number | null, by: AssignedBy): Promise<void>;
  /** Moves all faces of `from` to `into` and removes `from`. */
  mergePeople(into: number, from: number): Promise<void>;
  /** Removes people without faces and without a name. @returns how many */
  dropEmptyPeople(): Promise<number>;

  /** Says for ever that two faces are, or are not, one person. */
  addLinks(links: readonly Link[]): Promise<void>;
  links(): Promise<Link[]>;
  /** Says for ever that a face is not this person; takes it from them. */
  reject(face: number, person: number): Promise<void>;
  rejections(): Promise<Rejection[]>;

  /** Removes a photograph with its faces, so that neither row nor free page keeps them. */
  forgetPhotograph(id: number): Promise<void>;
  /** Removes a person and all faces of theirs. @returns how many faces */
  forgetPerson(id: number): Promise<number>;

  statistics(): Promise<GalleryStatistics>;
  /** What is wrong with the gallery, in words; nothing when it is sound. */
  check(): Promise<string[]>;
  close(): Promise<void>;
};
