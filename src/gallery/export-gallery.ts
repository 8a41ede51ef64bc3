/** Streams a gallery as export records. */
import { mapOrdered } from "../faces/map-ordered.ts";
import { base64 } from "../files/json-text.ts";
import type { GalleryFace, KnownFile, Photograph } from "../schemas/gallery.ts";
import { EXPORT_FORMAT, type ExportRecord, type ExportRecordOf, type FaceReference } from "../schemas/gallery-export.ts";
import type { GalleryStore } from "./store/gallery-store.ts";
import { vectorBytes } from "./store/sql/rows.ts";

/** Concurrent photograph queries: over a network each takes about a millisecond. */
const AT_ONCE = 8;

export type ExportOptions = {
  /** Include full vectors, if the gallery stores them. Default true. */
  readonly vectors?: boolean;
  readonly signal?: AbortSignal;
};

/** Each photograph is read consistently; concurrent writes may or may not be included. An empty gallery has no records. */
export async function* exportRecords(
  store: GalleryStore,
  { vectors = true, signal }: ExportOptions = {},
): AsyncGenerator<ExportRecord> {
  const identity = await store.identity();
  if (!identity) return;
  yield { kind: "gallery", format: EXPORT_FORMAT, identity };
  const { dimensions } = identity;
  const covers = new Set<number>();
  for (const { id, name, hidden, cover } of await store.people()) {
    if (cover !== null) covers.add(cover);
    yield { kind: "person", id, name, ...(hidden && { hidden }) };
  }
  const counts = { photographs: 0, faces: 0 };
  const read = (photograph: Photograph) => photographRecord(store, photograph, { vectors, covers, dimensions });
  for await (const record of mapOrdered(store.photographs(), AT_ONCE, read, signal)) {
    counts.photographs++;
    counts.faces += record.faces.length;
    yield record;
  }
  for (const { path, bytes, modifiedMs, error } of await store.failedFiles())
    if (error) yield { kind: "unreadable", path, bytes, modifiedMs, ...error };
  for (const { a, b, kind } of await store.links()) {
    const [first, second] = [await referenceTo(store, a), await referenceTo(store, b)];
    if (first && second) yield { kind: "link", a: first, b: second, link: kind };
  }
  for (const { face, person } of await store.rejections()) {
    const reference = await referenceTo(store, face);
    if (reference) yield { kind: "rejection", face: reference, person };
  }
  for (const { person, group, face } of await store.undecided()) {
    const reference = face === null ? null : await referenceTo(store, face);
    if (reference !== undefined) yield { kind: "undecided", person, group, face: reference };
  }
  for (const hash of await store.forgottenHashes()) yield { kind: "forgotten", hash };
  yield { kind: "end", ...counts };
}

async function photographRecord(
  store: GalleryStore,
  { id, hash, width, height, takenAt, paths }: Photograph,
  which: FaceOptions,
): Promise<ExportRecordOf<"photograph">> {
  const known = await Promise.all(paths.map((path) => store.knownFile(path)));
  // If a photograph was replaced, its last path now has another one.
  const files = known.filter((file) => file?.photograph === id) as KnownFile[];
  const faces = await Array.fromAsync(store.faces({ photograph: id }));
  const pixels = await store.pixelsOf(id);
  return {
    kind: "photograph",
    hash,
    ...(pixels !== null && { pixels }),
    width,
    height,
    takenAt,
    ...(files[0]?.floor && { floor: files[0].floor }),
    files: files.map((file) => fileRecord(file, hash)),
    ...(files.length === 0 && { lastPath: paths[0] ?? null }),
    faces: faces.map((face) => faceRecord(face, which)),
  };
}

const fileRecord = ({ path, bytes, modifiedMs, missing, hash }: KnownFile, photograph: string) => {
  return { path, bytes, modifiedMs, missing, ...(hash !== null && hash !== photograph && { hash }) };
};

/**
 * @property covers faces chosen as their people's covers
 * @property dimensions of the gallery's embeddings: length of the zero code of a face without one
 */
type FaceOptions = { readonly vectors: boolean; readonly covers: ReadonlySet<number>; readonly dimensions: number };

function faceRecord(
  face: GalleryFace,
  { vectors, covers, dimensions }: FaceOptions,
): ExportRecordOf<"photograph">["faces"][number] {
  const { id, box, landmarks, quality, code, vector, person, assignedBy, ignored, notAFace, drawn, embedded } = face;
  const full = vectors ? vectorBytes(vector) : null;
  return {
    box,
    landmarks,
    quality,
    code: base64(code ?? new Int8Array(dimensions)),
    ...(full && { vector: base64(full) }),
    person,
    assignedBy,
    ...(ignored && { ignored: notAFace ? "no face" : "stranger" }),
    ...(drawn && { drawn }),
    ...(!embedded && { embedded }),
    ...(covers.has(id) && { cover: true }),
  };
}

async function referenceTo(store: GalleryStore, id: number): Promise<FaceReference | undefined> {
  const face = await store.face(id);
  const photograph = face && (await store.photograph(face.photograph));
  return photograph && { photograph: photograph.hash, box: face.box };
}
