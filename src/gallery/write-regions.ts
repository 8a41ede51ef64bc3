/** Writes the names of faces as XMP regions into sidecar files beside the photographs. */
import { readFile } from "node:fs/promises";
import { FaceNetError, failureOf, toFaceNetError } from "../errors.ts";
import { writeWhole } from "../files/whole-file.ts";
import { addFaceRegions, type FaceRegion, readRegionReadings } from "../image/face-regions.ts";
import { readMetadata } from "../image/metadata.ts";
import { sidecarPath } from "../image/sidecar.ts";
import type { FileFailure } from "../schemas/failure.ts";
import { bestReading, matchRegions } from "./indexing/named-regions.ts";
import { readContent } from "./indexing/photograph-file.ts";
import type { GalleryStore } from "./store/gallery-store.ts";

export type WriteRegionsOptions = {
  /** only the faces of this person */
  readonly person: number | undefined;
  /** only photographs in this folder, absolute, and its sub-folders */
  readonly folder: string | undefined;
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
};

export type WrittenRegions = {
  readonly written: { file: string; names: string[] }[];
  /** photographs whose file already has all names */
  readonly unchanged: number;
  /** faces to which the file gives another name; these are not changed */
  readonly otherwise: { file: string; name: string; there: string }[];
  readonly failures: FileFailure[];
};

export async function writeRegions(
  store: GalleryStore,
  { person, folder, dryRun, signal }: WriteRegionsOptions,
): Promise<WrittenRegions> {
  const result: WrittenRegions = { written: [], unchanged: 0, otherwise: [], failures: [] };
  let unchanged = 0;
  for (const [photograph, regions] of await namedFaces(store, person, folder)) {
    for (const path of (await store.photograph(photograph))?.paths ?? []) {
      signal.throwIfAborted();
      if (folder !== undefined && !isBelow(path, folder)) continue;
      if ((await store.knownFile(path))?.missing) continue;
      try {
        const { names, conflicts } = await writeSidecar(path, regions, dryRun);
        const file = sidecarPath(path);
        if (names.length > 0) result.written.push({ file, names });
        else if (conflicts.length === 0) unchanged++;
        for (const conflict of conflicts) result.otherwise.push({ file, ...conflict });
      } catch (error) {
        const { file = path } = toFaceNetError(error).data; // the photograph or its sidecar file
        result.failures.push({ path: String(file), ...failureOf(error) });
      }
    }
  }
  return { ...result, unchanged };
}

/** The named faces of each photograph, in relative coordinates. */
async function namedFaces(
  store: GalleryStore,
  person: number | undefined,
  folder: string | undefined,
): Promise<Map<number, FaceRegion[]>> {
  const names = new Map((await store.people()).map(({ id, name }) => [id, name]));
  const regions = new Map<number, FaceRegion[]>();
  for await (const { photograph, person: owner, box } of store.faces({ person, folder })) {
    const name = owner === null ? null : names.get(owner);
    const size = name ? await store.photograph(photograph) : undefined;
    if (!name || !size) continue;
    const [x, width] = [box.x / size.width, box.width / size.width];
    const [y, height] = [box.y / size.height, box.height / size.height];
    regions.set(photograph, [...(regions.get(photograph) ?? []), { name, box: { x, y, width, height } }]);
  }
  return regions;
}

function isBelow(path: string, folder: string): boolean {
  return path.startsWith(folder) && (/[\\/]$/.test(folder) || /[\\/]/.test(path.charAt(folder.length)));
}

/**
 * Adds the regions that the file lacks.
 *
 * @returns names added, and faces to which the file gives another name
 * @throws FaceNetError SIDECAR_UNUSABLE, OUTPUT_NOT_WRITABLE, IMAGE_NOT_FOUND, IMAGE_NOT_READABLE, FILE_NOT_READABLE
 */
async function writeSidecar(
  path: string,
  regions: readonly FaceRegion[],
  dryRun: boolean,
): Promise<{ names: string[]; conflicts: { name: string; there: string }[] }> {
  const file = sidecarPath(path);
  const { stored, xmp: inside } = await readMetadata((await readContent(path)).data);
  if (!stored) throw new FaceNetError("IMAGE_UNKNOWN_FORMAT", { image: path });
  const before = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw new FaceNetError("FILE_NOT_READABLE", { file, reason: error.code ?? error.message }, error);
  });
  const reading = bestReading(readRegionReadings(before ?? "", stored), regions);
  const there = reading?.regions ?? [];
  // Programs that read a sidecar file ignore the embedded XMP, so its regions are copied.
  const embedded = before === undefined ? (bestReading(readRegionReadings(inside ?? "", stored), regions)?.regions ?? []) : [];
  const matches = matchRegions([...there, ...embedded], regions);
  const conflicts = matches
    .filter(({ region, face }) => region.name !== face.name)
    .map(({ region, face }) => ({ name: face.name, there: region.name }));
  const matched = new Set(matches.map(({ face }) => face));
  const added = regions.filter((region) => !matched.has(region));
  if (added.length > 0 && !dryRun) {
    await writeWhole(file, addFaceRegions(before, [...embedded, ...added], stored, file, reading?.frame));
  }
  return { names: added.map(({ name }) => name), conflicts };
}
