import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import * as z from "zod";
import { FaceNetError } from "../errors.ts";
import { toFaceNetError } from "../faces/batch.ts";
import { writeWhole } from "../files/whole-file.ts";
import { inGallery } from "../gallery/access/borrow-gallery.ts";
import { bestReading, matchRegions } from "../gallery/indexing/named-regions.ts";
import { readContent } from "../gallery/indexing/photograph-file.ts";
import { findPerson } from "../gallery/people/find-person.ts";
import type { GalleryStore } from "../gallery/store/gallery-store.ts";
import { addFaceRegions, type FaceRegion, readRegionReadings } from "../image/face-regions.ts";
import { readMetadata } from "../image/metadata.ts";
import { sidecarPath } from "../image/sidecar.ts";
import { FileFailure } from "../schemas/failure.ts";
import { galleryOption } from "../schemas/options.ts";
import { defineAnswer } from "./operation.ts";

export const galleryWriteRegions = defineAnswer({
  name: "gallery write-regions",
  summary: "Writes who is where into XMP files beside the photographs, for digiKam and other programs",
  positionals: [],
  examples: [
    {
      command: "facenet gallery write-regions",
      says: "photo.jpg.xmp beside photo.jpg, for every named person; photographs stay untouched",
    },
    { command: "facenet gallery write-regions --folder ~/Photos/2019 --dry-run", says: "what would be written" },
  ],
  input: z.strictObject({
    person: z.string().optional().describe("only the faces of this person, by number or name"),
    folder: z.string().optional().describe("only photographs in this folder and below it"),
    dryRun: z.boolean().default(false).describe("only say what would be written"),
    ...galleryOption,
  }),
  output: z.object({
    written: z.array(z.object({ file: z.string(), names: z.array(z.string()) })).describe("files, and the names added to each"),
    unchanged: z.int().describe("photographs whose file said all of it already"),
    otherwise: z
      .array(z.object({ file: z.string(), name: z.string(), there: z.string() }))
      .describe("faces that the file says are somebody else: left as they are"),
    failures: z.array(FileFailure),
    dryRun: z.boolean(),
  }),
  run: ({ person, folder, dryRun, gallery }, { borrowGallery, signal }) =>
    inGallery({ borrowGallery }, gallery, async (store) => {
      const only = person === undefined ? undefined : (await findPerson(store, person)).id;
      const within = folder === undefined ? undefined : resolve(folder);
      const written: { file: string; names: string[] }[] = [];
      const otherwise: { file: string; name: string; there: string }[] = [];
      const failures: { path: string; code: string; message: string }[] = [];
      let unchanged = 0;
      for (const [photograph, regions] of await namedFaces(store, only, within)) {
        for (const path of (await store.photograph(photograph))?.paths ?? []) {
          signal.throwIfAborted();
          if (within !== undefined && !isBelow(path, within)) continue;
          if ((await store.knownFile(path))?.missing) continue;
          try {
            const { names, conflicts } = await writeSidecar(path, regions, dryRun);
            const file = sidecarPath(path);
            if (names.length > 0) written.push({ file, names });
            else if (conflicts.length === 0) unchanged++;
            for (const conflict of conflicts) otherwise.push({ file, ...conflict });
          } catch (error) {
            const { code, message } = toFaceNetError(error);
            failures.push({ path, code, message });
          }
        }
      }
      return { written, unchanged, otherwise, failures, dryRun };
    }),
});

/** The named faces of each photograph, in parts of it. */
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
 * Adds what is not there yet.
 *
 * @returns names added, and faces that the file says are somebody else
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
  // Programs that know the file beside a photograph pass over what is inside: what is named there comes along.
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
