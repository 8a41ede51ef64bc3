/** Imports names of faces given in other programs as user corrections, from XMP inside a photograph or its sidecar file. */
import { FaceNetError } from "../../errors.ts";
import { overlapOfUnion, pairBoxes } from "../../faces/detection/overlap.ts";
import { type RegionReading, readRegionReadings } from "../../image/face-regions.ts";
import type { ImageMetadata } from "../../image/metadata.ts";
import { readSidecar } from "../../image/sidecar.ts";
import type { Box } from "../../schemas/face.ts";
import type { GalleryFace } from "../../schemas/gallery.ts";
import type { GalleryStore } from "../store/gallery-store.ts";

/** Minimum intersection over union: programs draw regions tightly or around the whole head. */
const LEAST_OVERLAP = 0.2;

/** Interpretations of a photograph's named regions: from the sidecar file if it has any, else from inside the photograph. */
export async function namedRegions(path: string, { xmp, stored }: ImageMetadata): Promise<RegionReading[]> {
  if (!stored) return [];
  const beside = readRegionReadings((await readSidecar(path)) ?? "", stored);
  return beside.some(({ regions }) => regions.length > 0) ? beside : readRegionReadings(xmp ?? "", stored);
}

/** The interpretation whose regions match the most faces; ties go to the best overlap, then to the first. */
export function bestReading<F extends { readonly box: Box }>(
  readings: readonly RegionReading[],
  faces: readonly F[],
): RegionReading | undefined {
  const judged = readings.map((reading) => {
    const matches = matchRegions(reading.regions, faces);
    return {
      reading,
      count: matches.length,
      overlap: matches.reduce((sum, { region, face }) => sum + overlapOfUnion(region.box, face.box), 0),
    };
  });
  return judged.sort((a, b) => b.count - a.count || b.overlap - a.overlap)[0]?.reading;
}

/** Pairs regions with the boxes they are drawn around, greedily by overlap; each is used at most once. */
export function matchRegions<R extends { readonly box: Box }, F extends { readonly box: Box }>(
  regions: readonly R[],
  faces: readonly F[],
): { readonly region: R; readonly face: F }[] {
  return pairBoxes(regions, faces, LEAST_OVERLAP).map(([region, face]) => ({ region, face }));
}

/** Assigns faces to the people named by regions. Corrections in the gallery take precedence over the file. */
export async function assignRegions(store: GalleryStore, photograph: number, readings: readonly RegionReading[]): Promise<void> {
  const size = readings.some(({ regions }) => regions.length > 0) ? await store.photograph(photograph) : undefined;
  if (!size) return;
  const faces = (await Array.fromAsync(store.faces({ photograph }))).map((face) => ({ face, box: partOf(face.box, size) }));
  const regions = bestReading(readings, faces)?.regions ?? [];
  for (const { region, face } of matchRegions(regions, faces)) await assign(store, region.name, face.face);
}

function partOf({ x, y, width, height }: Box, size: { readonly width: number; readonly height: number }): Box {
  return { x: x / size.width, y: y / size.height, width: width / size.width, height: height / size.height };
}

async function assign(store: GalleryStore, name: string, { id, assignedBy }: GalleryFace): Promise<void> {
  if (assignedBy === "user") return;
  const known = await store.personByName(name);
  if (known) {
    const rejections = await store.rejections();
    if (rejections.some(({ face, person }) => face === id && person === known.id)) return;
    await store.correct({ kind: "assign", faces: [id], person: known.id });
    return;
  }
  try {
    await store.correct({ kind: "create", name, faces: [id] });
  } catch (error) {
    // Another photograph or process has created the name since.
    if (!(error instanceof FaceNetError) || error.code !== "PERSON_NAME_TAKEN") throw error;
    const person = (await store.personByName(name))?.id;
    if (person !== undefined) await store.correct({ kind: "assign", faces: [id], person });
  }
}
