/**
 * Carries corrections over to new versions of edited or moved photographs. A photograph whose files are missing or were replaced
 * keeps its faces until they are matched in another photograph: the one now at its path, or any added since. Unmatched faces are
 * kept, and matched when their file returns.
 */
import { thresholdForFar } from "../../faces/verdict.ts";
import type { EmbeddingManifest } from "../../schemas/model-manifest.ts";
import { type FaceSearch, openFaceSearch } from "../access/face-search.ts";
import type { GalleryStore, GoneLook, Look } from "../store/gallery-store.ts";
import { type LookMatch, matchLooks } from "./match-looks.ts";

/** False match rate of the distance up to which two faces at the same path may be one face. */
const SAME_PATH_FAR = 1e-4;
/** The limit at other paths, as a fraction of that distance: versions of one shot are much closer than two shots of a person. */
const SAME_SHOT = 0.5;
/** Candidates compared in full for each missing photograph. */
const CANDIDATES = 10;

/**
 * @param model the gallery's embedding model, whose measured rates determine the distance limits
 * @returns number of faces matched in other photographs, with their corrections
 */
export async function carryOver(
  store: GalleryStore,
  model: Pick<EmbeddingManifest, "thresholds">,
  signal?: AbortSignal,
): Promise<number> {
  const gone = await store.goneLooks();
  if (gone.length === 0) return 0;
  const maxDistance = sameFaceDistance(model);
  const search = await openFaceSearch(store, "exact");
  const best = (look: GoneLook) => {
    signal?.throwIfAborted();
    return bestMatch(store, search, look, maxDistance);
  };
  let placed = 0;
  try {
    const found: { readonly look: GoneLook; readonly match: Found }[] = [];
    for (const look of gone) {
      const match = await best(look);
      if (match) found.push({ look, match });
    }
    // Two shots of a burst may match one photograph: the nearer one takes precedence.
    found.sort((a, b) => a.match.meanDistance - b.match.meanDistance);
    const changed = new Set<number>();
    for (const { look, match } of found) {
      const now = changed.has(match.now.photograph) ? await best(look) : match;
      if (!now) continue;
      placed += await move(store, look, now);
      changed.add(now.now.photograph);
    }
  } finally {
    await search.close();
  }
  await store.markSought(gone.map(({ photograph }) => photograph));
  return placed;
}

/** Squared L2 distance up to which two faces at one path may be the same face, at a measured rate. */
function sameFaceDistance(model: Pick<EmbeddingManifest, "thresholds">): number {
  const rates = model.thresholds.map(({ far }) => far);
  return thresholdForFar(model, Math.min(Math.max(SAME_PATH_FAR, Math.min(...rates)), Math.max(...rates)));
}

/** @property isNew added later, or at the old path: not another shot of the same burst */
type Found = LookMatch & { readonly now: Look; readonly isNew: boolean };

/**
 * Compares the photograph now at the old path and those with faces as near as in one shot; prefers matches added later, then the
 * best match.
 */
async function bestMatch(
  store: GalleryStore,
  search: FaceSearch,
  look: GoneLook,
  maxDistance: number,
): Promise<Found | undefined> {
  const near = new Map<number, number>();
  const sameShot = maxDistance * SAME_SHOT;
  const probes = look.faces.flatMap(({ code }) => code ?? []);
  for (const { photograph, distance } of (await search.within(probes, { distance: sameShot })).flat()) {
    if (photograph <= look.sought || photograph === look.photograph) continue;
    near.set(photograph, Math.min(distance, near.get(photograph) ?? Number.POSITIVE_INFINITY));
  }
  const nearest = [...near].sort((a, b) => a[1] - b[1]).slice(0, CANDIDATES);
  const candidates = new Map(nearest.map(([photograph]) => [photograph, sameShot]));
  if (look.replacedBy !== null) candidates.set(look.replacedBy, maxDistance);
  let best: Found | undefined;
  for (const [photograph, within] of candidates) {
    const now = await store.presentLook(photograph);
    const match = now && isSameTime(look, now) ? matchLooks(look, now, within) : undefined;
    if (!now || !match?.placements.some(({ face }) => look.stated.has(face))) continue;
    const found = { ...match, now, isNew: photograph > look.settled || photograph === look.replacedBy };
    if (!best || isBetter(found, best)) best = found;
  }
  return best;
}

function move(store: GalleryStore, { photograph, stated }: GoneLook, { now, ...match }: Found): Promise<number> {
  const placements = match.placements.filter(({ face }) => stated.has(face));
  return store.moveFaces({ from: photograph, to: now.photograph, placements });
}

function isBetter(a: Found, b: Found): boolean {
  if (a.isNew !== b.isNew) return a.isNew;
  if (a.matched !== b.matched) return a.matched > b.matched;
  return a.meanDistance < b.meanDistance;
}

/** Programs may remove the capture time, but do not change it. */
const isSameTime = (a: Look, b: Look): boolean => a.takenAt === null || b.takenAt === null || a.takenAt === b.takenAt;
