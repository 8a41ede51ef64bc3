/** Selects the content of a gallery page, and crops faces from the photographs that still exist. */
import { availableParallelism } from "node:os";
import { ProgressCounter } from "../../faces/batch.ts";
import { mapOrdered } from "../../faces/map-ordered.ts";
import type { RunContext } from "../../faces/run-context.ts";
import type { GalleryStore } from "../../gallery/store/gallery-store.ts";
import { decodeImage } from "../../image/decode.ts";
import { jpegUri } from "../../image/encode.ts";
import { faceThumbnail } from "../../image/face-thumbnail.ts";
import type { GalleryFace, Person, Photograph } from "../../schemas/gallery.ts";
import type { GalleryPage, Portrait } from "./gallery-page.ts";

export type GatherOptions = Pick<RunContext, "signal" | "onProgress"> & {
  /** Number of people shown, named ones first. */
  readonly people: number;
  readonly facesPerPerson: number;
  readonly unassigned: number;
  readonly maxPixels: number;
};

/** Faces considered per person. */
const CHOSEN_FROM = 500;

/** Side of a portrait in pixels; displayed at 104, for dense screens. */
const SIDE_PX = 160;
/** Side of the crop relative to the face box, as in faceThumbnail. */
const AROUND = 1.6;

export async function gatherGallery(store: GalleryStore, options: GatherOptions): Promise<GalleryPage> {
  const { signal } = options;
  const shown = (await store.people())
    .filter(({ hidden }) => !hidden)
    .sort(namedFirst)
    .slice(0, options.people);
  const chosen: { person: Person; faces: GalleryFace[] }[] = [];
  for (const person of shown) {
    signal.throwIfAborted();
    chosen.push({ person, faces: await bestFaces(store, person.id, options.facesPerPerson) });
  }
  const unassigned = await bestFaces(store, null, options.unassigned);
  const portraits = await portraitsOf(store, [...chosen.flatMap(({ faces }) => faces), ...unassigned], options);
  const portraitOf = ({ id }: GalleryFace): Portrait => portraits.get(id) as Portrait;
  return {
    gallery: store.name,
    statistics: await store.statistics(),
    people: chosen.map(({ person, faces }) => ({ person, portraits: faces.map(portraitOf) })),
    unassigned: unassigned.map(portraitOf),
    failures: (await store.failedFiles()).flatMap(({ path, error }) => (error ? [{ path, ...error }] : [])),
    calibration: await store.calibration(),
  };
}

function namedFirst(a: Person, b: Person): number {
  if ((a.name === null) !== (b.name === null)) return a.name === null ? 1 : -1;
  return b.photographs - a.photographs || b.faces - a.faces || a.id - b.id;
}

/** Acceptable faces first, larger ones first; of a person at most one per photograph. */
async function bestFaces(store: GalleryStore, person: number | null, count: number): Promise<GalleryFace[]> {
  const faces: GalleryFace[] = [];
  if (count === 0) return faces;
  for await (const face of store.faces({ person, ignored: false })) {
    faces.push(face);
    if (faces.length === CHOSEN_FROM) break;
  }
  faces.sort((a, b) => Number(b.quality.acceptable) - Number(a.quality.acceptable) || b.quality.sizePx - a.quality.sizePx);
  const photographs = new Set<number>();
  const first = faces.filter(
    ({ photograph }) => person === null || (!photographs.has(photograph) && photographs.add(photograph)),
  );
  return first.slice(0, count);
}

/** Portraits by face id. Each photograph is decoded once, however many of its faces are shown. */
async function portraitsOf(
  store: GalleryStore,
  faces: readonly GalleryFace[],
  options: GatherOptions,
): Promise<Map<number, Portrait>> {
  const byPhotograph = Map.groupBy(faces, ({ photograph }) => photograph);
  const portraits = new Map<number, Portrait>();
  const counter = new ProgressCounter(byPhotograph.size, performance.now());
  const cut = async ([id, members]: [number, GalleryFace[]]) => portraitsIn(await store.photograph(id), members, options);
  for await (const some of mapOrdered(byPhotograph, availableParallelism(), cut, options.signal)) {
    for (const portrait of some) portraits.set(portrait.face, portrait);
    options.onProgress(
      counter.count(
        some.some(({ picture }) => picture !== undefined),
        some.length,
        performance.now(),
      ),
    );
  }
  return portraits;
}

async function portraitsIn(
  photograph: Photograph | undefined,
  faces: readonly GalleryFace[],
  { maxPixels }: GatherOptions,
): Promise<Portrait[]> {
  const takenAt = photograph?.takenAt ?? null;
  const smallest = faces.reduce((side, { box }) => Math.min(side, Math.max(box.width, box.height)), Number.POSITIVE_INFINITY);
  const shrink = Math.max(1, (smallest * AROUND) / SIDE_PX);
  for (const path of photograph?.paths ?? []) {
    const image = await decodeImage(path, { maxPixels, shrink }).catch(() => undefined);
    if (!image || !photograph) continue;
    const scale = image.width / photograph.width;
    // the path may contain a different picture by now, which its size reveals
    if (Math.abs(image.height - photograph.height * scale) > 2) continue;
    return Promise.all(
      faces.map(async ({ id, box }) => {
        const { x, y, width, height } = box;
        const scaled = { x: x * scale, y: y * scale, width: width * scale, height: height * scale };
        const jpeg = await faceThumbnail(image, scaled, { sidePx: SIDE_PX });
        return { face: id, path, takenAt, picture: jpegUri(jpeg) };
      }),
    );
  }
  return faces.map(({ id }) => ({ face: id, path: photograph?.paths[0], takenAt, picture: undefined }));
}
