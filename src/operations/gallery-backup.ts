import { rm, stat } from "node:fs/promises";
import { resolve } from "node:path";
import * as z from "zod";
import { FaceNetError } from "../errors.ts";
import { writeByPath } from "../files/whole-file.ts";
import { inGallery } from "../gallery/access/borrow-gallery.ts";
import { openGalleryStore } from "../gallery/store/open-gallery-store.ts";
import { galleryOption, outputFile } from "../schemas/options.ts";
import { defineAnswer } from "./operation.ts";

export const galleryBackup = defineAnswer({
  name: "gallery backup",
  summary: "Copies the gallery to a file, also while it is in use, and checks the copy",
  positionals: ["file"],
  examples: [{ command: "facenet gallery backup /mnt/usb/faces.db", says: "the copy is a gallery: --gallery /mnt/usb/faces.db" }],
  input: z.strictObject({
    file: outputFile.describe("file to write, atomically"),
    ...galleryOption,
  }),
  output: z.object({ file: z.string(), bytes: z.int(), photographs: z.int(), faces: z.int(), people: z.int() }),
  run: ({ file: given, gallery }, context) =>
    inGallery(context, gallery, async (store) => {
      const file = resolve(given);
      if (file === resolve(store.name))
        throw new FaceNetError("OPTION_INVALID", { option: "file", reason: "is the gallery itself" });
      return writeByPath(file, async (part) => {
        await removeDatabase(part);
        try {
          await store.backup(part);
          const counts = await requireSound(part);
          return { file, bytes: (await stat(part)).size, ...counts };
        } catch (error) {
          await removeDatabase(part).catch(() => undefined);
          throw error;
        }
      });
    }),
});

async function requireSound(copy: string) {
  const store = await openGalleryStore(copy);
  try {
    const [problem] = await store.check();
    if (problem !== undefined) throw new FaceNetError("GALLERY_DAMAGED", { gallery: copy, reason: problem });
    const { photographs, faces, people } = await store.statistics();
    return { photographs, faces, people };
  } finally {
    await store.close();
  }
}

async function removeDatabase(file: string): Promise<void> {
  for (const suffix of ["", "-wal", "-shm", "-journal"]) await rm(file + suffix, { force: true });
}
