/**
 * Migrates embeddings of photographs that can no longer be read to another model by a linear map
 * (metric/linear-map.ts) from the old model's space to the new one's, fitted on faces embedded by both models.
 * A mapped embedding is less accurate than the model's own; held-out faces measure by how much.
 */
import { FaceNetError } from "../errors.ts";
import { thresholdForFar } from "../faces/verdict.ts";
import { decodeBytes, encodeBytes } from "../metric/byte-code.ts";
import { codeDistance, normalize } from "../metric/distance.ts";
import { applyLinearMap, type EmbeddingPair, fitLinearMap, type LinearMap, meanDistance } from "../metric/linear-map.ts";
import type { GalleryFace, GalleryIdentity } from "../schemas/gallery.ts";
import type { MapCost } from "../schemas/map-cost.ts";
import type { EmbeddingManifest } from "../schemas/model-manifest.ts";
import type { GalleryStore } from "./store/gallery-store.ts";

/** Minimum number of faces: a map has 128 x 129 parameters (docs/results/compatibility/maps.json). */
export const FEWEST_FACES = 500;
/** More faces do not improve the map. */
const MOST_FACES = 20_000;
/** One group in this many is held out. */
const LEFT_OUT = 5;
/** Maximum number of held-out faces compared. */
const MOST_MEASURED = 1500;
const FMR = 1e-3;

export type MapMissingOptions = {
  readonly store: GalleryStore;
  readonly from: GalleryIdentity;
  readonly to: GalleryIdentity;
  /** New model, for its thresholds. */
  readonly model: Pick<EmbeddingManifest, "thresholds" | "embedding">;
  /** Photographs that cannot be read. */
  readonly photographs: readonly number[];
  /** Faces of other photographs, embedded by both models; groups have negative numbers. */
  readonly others: readonly EmbeddingPair[];
};

/**
 * Records mapped embeddings for the faces of the given photographs in the current migration.
 *
 * @returns number of faces mapped, and the cost of the map; null if both models are the same and embeddings are unchanged
 * @throws FaceNetError OPTION_INVALID if there are too few faces to fit a map
 */
export async function mapMissing(options: MapMissingOptions): Promise<{ readonly faces: number; readonly cost: MapCost | null }> {
  const { store, from, to } = options;
  const isSameModel = from.model === to.model && from.preprocessing === to.preprocessing;
  const fit = isSameModel ? null : await fitMap(options);
  const mapped = ({ code }: GalleryFace): Float32Array | null => {
    if (code === null) return null;
    const vector = normalize(decodeBytes(code, from.codeScale));
    return fit ? applyLinearMap(fit.map, vector) : vector;
  };
  let faces = 0;
  for (const photograph of options.photographs) {
    const known = await Array.fromAsync(store.faces({ photograph }));
    faces += known.length;
    const recorded = known.map((face) => {
      const vector = mapped(face);
      const code = isSameModel ? face.code : vector && encodeBytes(vector, to.codeScale);
      return {
        id: face.id,
        code: code ?? new Int8Array(to.dimensions),
        vector: isSameModel ? face.vector : face.vector && vector,
      };
    });
    await store.recordMigrated({ photograph, faces: recorded, found: [] });
  }
  return { faces, cost: fit?.cost ?? null };
}

async function fitMap({ store, from, to, model, others }: MapMissingOptions): Promise<{ map: LinearMap; cost: MapCost }> {
  const own = (await store.migratedPairs(MOST_FACES)).map(
    ({ photograph, person, before, after }): EmbeddingPair => ({
      from: normalize(decodeBytes(before, from.codeScale)),
      to: normalize(decodeBytes(after, to.codeScale)),
      group: person === null ? 2 * photograph : 2 * person + 1,
    }),
  );
  const pairs = [...own, ...others];
  const groups = [...new Set(pairs.map(({ group }) => group))];
  const apart = new Set(groups.filter((_, i) => i % LEFT_OUT === 0));
  const [measured, fitted] = [pairs.filter(({ group }) => apart.has(group)), pairs.filter(({ group }) => !apart.has(group))];
  if (pairs.length < FEWEST_FACES || new Set(fitted.map(({ group }) => group)).size < 2) {
    const reason = `requires ${FEWEST_FACES} faces of several people or photographs embedded by both models, got ${pairs.length}; name a folder with more photographs (mapPhotographs)`;
    throw new FaceNetError("OPTION_INVALID", { option: "mapMissing", reason });
  }
  const cost = costOf(fitLinearMap(fitted), measured.slice(0, MOST_MEASURED), model);
  return { map: fitLinearMap(pairs), cost: { fittedOn: pairs.length, ...cost } };
}

/** Effect of the map on held-out faces, measured on byte codes. */
function costOf(
  map: LinearMap,
  pairs: readonly EmbeddingPair[],
  model: Pick<EmbeddingManifest, "thresholds" | "embedding">,
): Omit<MapCost, "fittedOn"> {
  const threshold = thresholdForFar(model, FMR);
  const { codeScale } = model.embedding;
  const codes = pairs.map(({ from, to }) => ({
    own: encodeBytes(to, codeScale),
    mapped: encodeBytes(applyLinearMap(map, from), codeScale),
  }));
  let [matches, kept, others, added] = [0, 0, 0, 0];
  for (const [i, a] of codes.entries())
    for (const [j, b] of codes.entries()) {
      if (i === j) continue;
      const isMatch = codeDistance(a.own, b.own) <= threshold;
      const isStill = codeDistance(a.mapped, b.own) <= threshold;
      if (isMatch) matches++;
      else others++;
      if (isMatch && isStill) kept++;
      if (!isMatch && isStill) added++;
    }
  const share = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);
  return {
    measuredOn: pairs.length,
    distance: meanDistance(map, pairs),
    matchesKept: share(kept, matches),
    matchesAdded: share(added, others),
  };
}
