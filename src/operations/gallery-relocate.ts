import { stat } from "node:fs/promises";
import { relative, resolve } from "node:path";
import * as z from "zod";
import { FaceNetError } from "../errors.ts";
import { inGallery } from "../gallery/access/borrow-gallery.ts";
import { galleryOption } from "../schemas/options.ts";
import { defineAnswer } from "./operation.ts";

export const galleryRelocate = defineAnswer({
  name: "gallery relocate",
  summary: "Changes the paths of a moved folder of photographs, without reading any",
  positionals: ["from", "to"],
  examples: [{ command: "facenet gallery relocate /mnt/old/Photos ~/Photos", says: "the same files at their new paths" }],
  input: z.strictObject({
    from: z.string().min(1).describe("old folder, as stored in the gallery; it need not exist"),
    to: z.string().min(1).describe("new folder of the same files"),
    dryRun: z.boolean().default(false).describe("only show what would change"),
    ...galleryOption,
  }),
  output: z.object({
    files: z.int().describe("paths changed"),
    found: z.int().describe("files of these that exist at the new path with the same size"),
    absent: z.int().describe("files missing or of another size; index the new folder to update them"),
    conflicts: z.array(z.string()).describe("old paths not changed, because the gallery has another photograph at the new one"),
    dryRun: z.boolean(),
  }),
  run: ({ from: before, to: after, dryRun, gallery }, { borrowGallery, signal }) =>
    inGallery({ borrowGallery }, gallery, async (store) => {
      const [from, to] = [resolve(before), resolve(after)];
      const there: string[] = [];
      let files = 0;
      for await (const { path, bytes } of store.knownFiles(from)) {
        signal.throwIfAborted();
        files++;
        const moved = resolve(to, relative(from, path));
        const found = await stat(moved).catch(() => undefined);
        if (found?.isFile() && found.size === bytes) there.push(moved);
      }
      const refuse = (option: string, reason: string) => new FaceNetError("OPTION_INVALID", { option, reason });
      if (files === 0) throw refuse("from", `the gallery knows no file in ${from}`);
      if (from === to) throw refuse("to", "is the same folder");
      if (there.length === 0) throw refuse("to", `none of the ${files} files that the gallery knows in ${from} lies in ${to}`);
      const moved = dryRun ? { files, conflicts: [] } : await store.relocate({ from, to, there });
      return { files: moved.files, found: there.length, absent: files - there.length, conflicts: [...moved.conflicts], dryRun };
    }),
});
