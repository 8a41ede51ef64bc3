/** Gallery class: photographs, their faces and people, in one file or PostgreSQL database. */
import type * as z from "zod";
import type { BatchItem } from "../faces/batch.ts";
import type { FaceNet, FaceNetOptions } from "../faces/facenet.ts";
import { GalleryCache } from "../gallery/access/gallery-cache.ts";
import { filePath } from "../image/read-source.ts";
import { listFaces } from "../operations/browse/list-faces.ts";
import { listPeople } from "../operations/browse/list-people.ts";
import { calibrate } from "../operations/calibrate.ts";
import { cluster } from "../operations/cluster.ts";
import { createContext, type DisposableContext } from "../operations/context.ts";
import { correct } from "../operations/correct.ts";
import { enroll } from "../operations/enroll.ts";
import { find } from "../operations/find.ts";
import { galleryExport } from "../operations/gallery-export.ts";
import { galleryImport } from "../operations/gallery-import.ts";
import { galleryStatistics } from "../operations/gallery-statistics.ts";
import { identify } from "../operations/identify.ts";
import { index } from "../operations/index-photographs.ts";
import { lookalike } from "../operations/lookalike.ts";
import type { AnswerOperation } from "../operations/operation.ts";
import { redo, undo } from "../operations/undo.ts";
import type { GalleryCalibration } from "../schemas/calibration.ts";
import type { Correction, CorrectionRecord, GalleryStatistics } from "../schemas/gallery.ts";
import {
  type ImageSource,
  imageName,
  isNamedBytes,
  isNamedFile,
  type NamedBytes,
  type NamedFile,
  type RawPixels,
} from "../schemas/image-source.ts";
import type { IndexEvent } from "../schemas/index-event.ts";
import { answer, type CommonInput, type OptionsOf, type RunOptions, stream, type World } from "./run-operation.ts";

/** Options of {@link Gallery.open}. Model options apply to every method that embeds photographs. */
export type GalleryOptions = FaceNetOptions & {
  /** Creates the gallery if it does not exist. Default false. */
  readonly create?: boolean | undefined;
  /** Loaded models to use; the caller disposes of them. Default: the gallery loads its own on first use. */
  readonly facenet?: FaceNet | undefined;
};

/** A photograph file: path, URL or bytes. */
export type PhotographSource = Exclude<ImageSource, RawPixels>;

type Common = "gallery" | keyof FaceNetOptions;
/** Options of {@link Gallery.index}. */
export type IndexOptions = OptionsOf<typeof index, Common | "paths"> & {
  /** With `watch`: called after each change is processed. */
  readonly onEvent?: ((event: IndexEvent) => void) | undefined;
};
/** Counts of {@link Gallery.index}, and the files that could not be read. */
export type IndexResult = z.output<typeof index.output>;
/** Options of {@link Gallery.identify}. */
export type IdentifyOptions = OptionsOf<typeof identify, Common | "images">;
/** A photograph with its faces and their identities. */
export type IdentifiedImage = z.output<typeof identify.output>;
/** Options of {@link Gallery.find}: `image` or `person`, and filters. */
export type FindOptions = OptionsOf<typeof find, Common | "image" | "person" | "without"> & {
  readonly image?: PhotographSource | undefined;
  /** One person or several, by name or number. */
  readonly person?: string | number | readonly (string | number)[] | undefined;
  /** People who must not appear. */
  readonly without?: string | number | readonly (string | number)[] | undefined;
};
/** Photographs of one person, or of several. */
export type FindResult = z.output<typeof find.output>;
/** Options of {@link Gallery.lookalike}. */
export type LookalikeOptions = OptionsOf<typeof lookalike, Common | "image">;
/** Similar people, most similar first. */
export type LookalikeResult = z.output<typeof lookalike.output>;
/** Options of {@link Gallery.cluster}. */
export type ClusterOptions = OptionsOf<typeof cluster, Common>;
/** Counts of {@link Gallery.cluster}, and the threshold it used. */
export type ClusterResult = z.output<typeof cluster.output>;
/** Options of {@link Gallery.people}. */
export type PeopleOptions = Pick<z.input<typeof listPeople.input>, "named" | "search">;
/** A person of a gallery, and their representative face. */
export type GalleryPerson = z.output<typeof listPeople.output>["people"][number];
/** Options of {@link Gallery.faces}. */
export type FacesOptions = Pick<z.input<typeof listFaces.input>, "unassigned" | "photograph" | "acceptable"> & {
  readonly person?: string | number | undefined;
};
/** A face of a gallery, without its embedding. */
export type ListedFace = z.output<typeof listFaces.output>["faces"][number];
/** Options of {@link Gallery.enroll}. */
export type EnrollOptions = OptionsOf<typeof enroll, Common | "name" | "images" | "tree">;
/** The enrolled person and the faces used. */
export type EnrollResult = z.output<typeof enroll.output>;
/** Options of {@link Gallery.export}. */
export type ExportOptions = OptionsOf<typeof galleryExport, Common | "file">;
/** The files written and their contents. */
export type ExportResult = z.output<typeof galleryExport.output>;
/** Counts of {@link Gallery.import}. */
export type ImportResult = z.output<typeof galleryImport.output>;

/** One page of results. */
const PAGE = 1000;

/**
 * Photographs, their faces and the people they belong to. Searches keep the embeddings in memory: 128 bytes a face.
 *
 * @example
 * import { Gallery } from "facenet128";
 * const gallery = await Gallery.open("album.db", { create: true });
 * await gallery.index("photos");
 * await gallery.cluster();
 * console.log((await gallery.statistics()).photographs); // 6
 * await gallery.close();
 */
export class Gallery {
  /** Path or address, as given to {@link Gallery.open}. */
  readonly name: string;
  readonly #common: CommonInput;
  readonly #galleries: GalleryCache;
  /** Models loaded by the gallery itself. */
  readonly #own: DisposableContext;
  readonly #world: World;

  private constructor(name: string, { facenet, create: _, ...models }: GalleryOptions, galleries: GalleryCache) {
    this.name = name;
    this.#common = { ...models, gallery: name };
    this.#galleries = galleries;
    this.#own = createContext({ signal: new AbortController().signal, onProgress: () => undefined });
    const load = facenet ? async () => facenet : this.#own.load;
    this.#world = { load, borrowGallery: (which, options) => galleries.borrow(which, options) };
  }

  /**
   * Opens a gallery.
   *
   * @param name path of a file, or `postgres://user@host/database`
   * @throws FaceNetError GALLERY_NOT_FOUND if it does not exist and `create` is false; GALLERY_NOT_READABLE, GALLERY_TOO_NEW,
   *   GALLERY_DAMAGED; for a database GALLERY_UNREACHABLE, GALLERY_ACCESS_DENIED, GALLERY_DATABASE_MISSING
   * @example
   * import { FaceNet, Gallery } from "facenet128";
   * const facenet = await FaceNet.load();
   * const gallery = await Gallery.open("people.db", { create: true, facenet }); // models shared with other galleries
   * await gallery.close();
   * await facenet.dispose();
   */
  static async open(name: string, options: GalleryOptions = {}): Promise<Gallery> {
    const galleries = new GalleryCache();
    await (await galleries.borrow(name, { create: options.create ?? false }))[Symbol.asyncDispose]();
    return new Gallery(name, options, galleries);
  }

  /**
   * Finds every face in folders of photographs and stores it. Files that have not changed since the last call are skipped, so an
   * interrupted call can be resumed.
   *
   * @param paths folders, searched recursively, or files
   * @param options.watch keeps running and follows changes until `signal` aborts
   * @returns counts, and the files that could not be read; these do not stop the others
   * @throws FaceNetError GALLERY_MODEL_MISMATCH if the gallery was made with another model; OPTION_INVALID
   * @example
   * const { added, faces, failures } = await gallery.index("photos", { minFaceSize: 60 });
   * console.log(failures.length); // 0
   */
  index(paths: string | readonly string[], options: IndexOptions = {}): Promise<IndexResult> {
    return this.#answer(index, { ...options, paths: [paths].flat() });
  }

  /**
   * Identifies the faces of photographs: a person of the gallery, or unknown. The photographs are not added.
   *
   * For one photograph it returns a promise; for several it yields one item each, in order, and a failure does not stop
   * the others.
   *
   * @param options.fpir target false positive identification rate, 0 to 1: share of searches with unknown people that
   * return a name. Default 0.01.
   * @returns for each face `person` and `name`, null if unknown; `distance` (squared L2, 0 to 4) to the nearest face; `nearest`
   * @throws FaceNetError every IMAGE_ code (with several photographs: as that item's error); GALLERY_MODEL_MISMATCH
   * @example
   * const { faces } = await gallery.identify("door.jpg");
   * console.log(faces[0]?.name); // Anna
   */
  identify(image: PhotographSource, options?: IdentifyOptions): Promise<IdentifiedImage>;
  identify(images: readonly PhotographSource[], options?: IdentifyOptions): AsyncGenerator<BatchItem<IdentifiedImage>>;
  identify(
    images: PhotographSource | readonly PhotographSource[],
    options: IdentifyOptions = {},
  ): Promise<IdentifiedImage> | AsyncGenerator<BatchItem<IdentifiedImage>> {
    const items = stream(identify, this.#world, this.#common, { ...options, images: [images].flat().map(photo) });
    return Array.isArray(images) ? items : single(items);
  }

  /**
   * Finds every photograph of a person, given by a photograph or by name, or of several people.
   *
   * @param options.image photograph of the person; `faces` chooses a face if there are several
   * @param options.person name or number, or a list of them
   * @param options.match for several people: "all" together (default), "any", or "only" these
   * @param options.without people who must not appear
   * @param options.fmr target false match rate, 0 to 1: share of impostor pairs accepted. Default 0.001.
   * @param options.takenFrom only photographs taken then or later, by EXIF: "2019", "2019-07" or "2019-07-14"
   * @returns nearest first; for a person by name, oldest first
   * @throws FaceNetError PERSON_NOT_FOUND, FACE_NOT_FOUND, FACE_AMBIGUOUS, every IMAGE_ code
   * @example
   * const { photographs } = await gallery.find({ person: "Anna" });
   * console.log(photographs.length); // 1
   */
  find({ image, person, without, ...options }: FindOptions): Promise<FindResult> {
    const probe = image === undefined ? {} : { image: photo(image) };
    return this.#answer(find, { ...options, ...probe, person: personsOf(person), without: personsOf(without) });
  }

  /**
   * Finds the people of the gallery most similar to the person in a photograph, excluding that person.
   *
   * @param options.limit number of people. Default 10.
   * @throws FaceNetError FACE_NOT_FOUND, FACE_AMBIGUOUS, every IMAGE_ code
   * @example
   * const { people } = await gallery.lookalike("door.jpg", { limit: 3 });
   * console.log(people.length); // 3
   */
  lookalike(image: PhotographSource, options: LookalikeOptions = {}): Promise<LookalikeResult> {
    return this.#answer(lookalike, { ...options, image: photo(image) });
  }

  /**
   * Clusters faces into people. Corrections are kept, and people keep their numbers.
   *
   * @param options.fmr target false match rate, 0 to 1: share of impostor pairs within the threshold. Default 1e-4.
   * @param options.threshold squared L2 distance, 0 to 4, instead of `fmr`
   * @param options.algorithm "agglomerative" (default), "chinese-whispers" or "dbscan"
   * @throws FaceNetError OPTION_INVALID for an empty gallery
   * @example
   * const { people, newPeople } = await gallery.cluster({ minFaces: 1 });
   * console.log(people - newPeople); // 1
   */
  cluster(options: ClusterOptions = {}): Promise<ClusterResult> {
    return this.#answer(cluster, options);
  }

  /**
   * Lists the people of the gallery: those with a name first, then by number of faces.
   *
   * @param options.named only people with a name, or only those without
   * @param options.search part of the name
   * @example
   * for (const { id, name, faces } of await gallery.people({ named: true })) console.log(id > 0, name, faces); // true Anna 2
   */
  async people(options: PeopleOptions = {}): Promise<GalleryPerson[]> {
    return this.#pages(async (after) => {
      const { people, next } = await this.#answer(listPeople, { ...options, after, limit: PAGE });
      return { items: people, next };
    });
  }

  /**
   * Lists faces with box, landmarks, quality and person.
   *
   * @param options.person name or number
   * @param options.unassigned only faces without a person
   * @param options.photograph number of a photograph
   * @example
   * const [face] = await gallery.faces({ person: "Anna" });
   * console.log(face?.assignedBy); // user
   */
  async faces({ person, ...options }: FacesOptions = {}): Promise<ListedFace[]> {
    const whose = person === undefined ? {} : { person: personOf(person) };
    return this.#pages(async (after) => {
      const { faces, next } = await this.#answer(listFaces, { ...options, ...whose, after, limit: PAGE });
      return { items: faces, next };
    });
  }

  /**
   * Corrects people: creates, names, assigns, rejects, merges, splits or links. Corrections outlast clustering.
   *
   * @returns the correction as recorded, for {@link Gallery.undo}
   * @throws FaceNetError PERSON_NOT_FOUND, FACE_UNKNOWN, PERSON_NAME_TAKEN
   * @example
   * const [face] = await gallery.faces({ unassigned: true });
   * const { person } = await gallery.correct({ kind: "create", name: "Ben", faces: [face?.id ?? 0] });
   * await gallery.correct({ kind: "name", person: person ?? 0, name: "Benjamin" });
   */
  correct(correction: Correction): Promise<CorrectionRecord> {
    return this.#answer(correct, { correction });
  }

  /**
   * Lists corrections that can be undone, newest first.
   *
   * @param options.limit default 20
   * @example
   * for (const { at, correction } of await gallery.corrections({ limit: 1 })) console.log(at.length, correction.kind); // 24 name
   */
  async corrections({ limit }: { readonly limit?: number | undefined } = {}): Promise<CorrectionRecord[]> {
    return (await this.#answer(undo, { list: true, limit })).corrections;
  }

  /**
   * Undoes the last correction.
   *
   * @param options.correction number of the correction: nothing is undone if there is a newer one
   * @returns the correction undone; null if there is none
   * @example
   * const undone = await gallery.undo();
   * console.log(undone?.correction.kind); // name
   */
  async undo({ correction }: { readonly correction?: number | undefined } = {}): Promise<CorrectionRecord | null> {
    return (await this.#answer(undo, { correction })).undone;
  }

  /**
   * Redoes the change that {@link Gallery.undo} undid last. Any new change to people clears what can be redone.
   *
   * @param options.correction number of the change: nothing is done if it is not the next one to redo
   * @returns the change; null if there is none
   * @example
   * const redone = await gallery.redo();
   * console.log(redone?.correction.kind); // name
   */
  async redo({ correction }: { readonly correction?: number | undefined } = {}): Promise<CorrectionRecord | null> {
    return (await this.#answer(redo, { correction })).redone;
  }

  /**
   * Enrols a person: indexes the photographs and assigns the prominent face of each.
   *
   * @param images paths
   * @param options.faces which face, if there are several: "prominent" (default), "largest" or "central"
   * @param options.position for a single photograph: index of the face among those `detect` finds; `box` selects it by its box
   * @returns the faces with the reasons for low quality, if any; `warnings` if the photographs look like several people
   * @throws FaceNetError ENROLMENT_FAILED if no photograph shows a usable face
   * @example
   * const { person, enrolled } = await gallery.enroll("Anna", ["anna-1.jpg"]);
   * console.log(enrolled.length); // 1
   */
  enroll(name: string, images: readonly string[], options: EnrollOptions = {}): Promise<EnrollResult> {
    return this.#answer(enroll, { ...options, name, images });
  }

  /**
   * Calibrates thresholds on the gallery's own people, without labels: people in one photograph are different people. Later calls
   * use these thresholds.
   *
   * @throws FaceNetError GALLERY_CALIBRATION_TOO_SMALL if the gallery has too few photographs of several people
   * @example
   * import { FaceNetError } from "facenet128";
   * const error = await gallery.calibrate().catch((error: unknown) => error);
   * console.log(error instanceof FaceNetError && error.code); // GALLERY_CALIBRATION_TOO_SMALL
   */
  async calibrate(
    options: Pick<OptionsOf<typeof calibrate>, "fars" | "resamples" | "seed"> & RunOptions = {},
  ): Promise<GalleryCalibration> {
    return (await this.#answer(calibrate, options)) as GalleryCalibration; // no folder is given, so the gallery is calibrated
  }

  /**
   * Writes the gallery to a file: JSON lines, or float32 matrices for NumPy. Photographs are not copied.
   *
   * @param file path; for `format: "npy"`, a folder
   * @param options.format "jsonl" (default): everything, for {@link Gallery.import}; "npy": embeddings [n, 128] and labels
   * @throws FaceNetError OUTPUT_NOT_WRITABLE; OPTION_INVALID for an empty gallery
   * @example
   * const { files, faces } = await gallery.export("gallery.jsonl");
   */
  export(file: string, options: ExportOptions = {}): Promise<ExportResult> {
    return this.#answer(galleryExport, { ...options, file });
  }

  /**
   * Imports a file written by {@link Gallery.export}, on this or another machine.
   *
   * @throws FaceNetError FILE_NOT_READABLE, GALLERY_EXPORT_INVALID, GALLERY_MODEL_MISMATCH
   * @example
   * await gallery.export("gallery.jsonl");
   * const { added } = await gallery.import("gallery.jsonl");
   * console.log(added); // 0
   */
  import(file: string, options: RunOptions = {}): Promise<ImportResult> {
    return this.#answer(galleryImport, { ...options, file });
  }

  /**
   * Counts photographs, files, faces and people.
   *
   * @example
   * const { photographs, faces, people } = await gallery.statistics();
   */
  statistics(): Promise<GalleryStatistics> {
    return this.#answer(galleryStatistics, {});
  }

  /**
   * Closes the gallery and frees the models it has loaded. Later calls reopen it.
   *
   * @example
   * await gallery.close();
   */
  async close(): Promise<void> {
    await this.#galleries.close();
    await this.#own.dispose();
  }

  #answer<I extends z.ZodObject, O extends z.ZodType>(
    operation: AnswerOperation<I, O>,
    options: Readonly<Record<string, unknown>>,
  ): Promise<z.output<O>> {
    return answer(operation, this.#world, this.#common, options);
  }

  async #pages<T>(
    read: (after: number) => Promise<{ readonly items: readonly T[]; readonly next: number | null }>,
  ): Promise<T[]> {
    const all: T[] = [];
    for (let after: number | null = 0; after !== null; ) {
      const { items, next }: { readonly items: readonly T[]; readonly next: number | null } = await read(after);
      all.push(...items);
      after = next;
    }
    return all;
  }
}

async function single<T>(items: AsyncGenerator<BatchItem<T>>): Promise<T> {
  for await (const item of items) {
    if (item.ok) return item.value;
    throw item.error;
  }
  throw new TypeError("expected one item for one photograph");
}

/** Input of operations for a photograph: a path, or bytes with a name. */
function photo(source: PhotographSource): string | Blob | NamedFile | NamedBytes {
  if (typeof source === "string" || source instanceof Blob || isNamedFile(source) || isNamedBytes(source)) return source;
  if (source instanceof URL) return filePath(source);
  return { name: imageName(source), data: new Uint8Array(source) };
}

function personsOf(people: FindOptions["person"]): string[] | undefined {
  return people === undefined ? undefined : [people].flat().map(personOf);
}

function personOf(person: string | number): string {
  return typeof person === "number" ? `id:${person}` : person;
}
