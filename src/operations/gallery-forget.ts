import { resolve } from "node:path";
import * as z from "zod";
import { FaceNetError } from "../errors.ts";
import { inGallery } from "../gallery/access/borrow-gallery.ts";
import { findPerson } from "../gallery/people/find-person.ts";
import { sidecarsNaming } from "../gallery/people/names-in-sidecars.ts";
import type { GalleryStore } from "../gallery/store/gallery-store.ts";
import { galleryOption } from "../schemas/options.ts";
import { defineAnswer, type OperationContext } from "./operation.ts";

export const galleryForget = defineAnswer({
  name: "gallery forget",
  summary: "Removes a person or a photograph, so that nothing of their faces is left in the gallery",
  positionals: [],
  examples: [
    { command: "facenet gallery forget --person Anna", says: "her name and her faces; the photographs stay, without her" },
    {
      command: "facenet gallery forget --photograph party.jpg",
      says: "its faces and paths; indexing passes over it from now on",
    },
    { command: "facenet gallery forget --person Anna --dry-run", says: "what would go" },
    { command: "facenet gallery forget --person Anna --yes", says: "without a question, for scripts" },
  ],
  input: z.strictObject({
    person: z.string().optional().describe("number or name of a person"),
    photograph: z.string().optional().describe("path of a photograph, as the gallery knows it"),
    mayReturn: z
      .boolean()
      .default(false)
      .describe("with --photograph: do not keep its hash either, so that indexing takes it in again"),
    yes: z.boolean().default(false).describe("do not ask first"),
    dryRun: z.boolean().default(false).describe("only say what would go"),
    ...galleryOption,
  }),
  output: z.object({
    person: z.object({ id: z.int(), name: z.string().nullable() }).nullable(),
    photograph: z.object({ id: z.int(), paths: z.array(z.string()) }).nullable(),
    faces: z.int().describe("that are gone"),
    corrections: z
      .int()
      .describe("changes that can no longer be taken back, because they told of these faces or this name; others still can"),
    sidecars: z
      .array(z.string())
      .describe("XMP files beside photographs that still hold the person's name; they are yours to edit"),
    mayReturn: z.boolean(),
    dryRun: z.boolean(),
  }),
  run: ({ person: who, photograph: path, mayReturn, yes, dryRun, gallery }, context) =>
    inGallery(context, gallery, async (store) => {
      if ((who === undefined) === (path === undefined))
        throw new FaceNetError("OPTION_INVALID", { option: "person, photograph", reason: "exactly one is required" });
      if (who !== undefined) {
        const { id, name } = await findPerson(store, who);
        const { faces } = await store.forgetPerson(id, { dryRun: true });
        if (!yes && !dryRun) await ask(`${name ?? `person ${id}`} with all faces of theirs, ${faces}`, context);
        const sidecars = name === null ? [] : await sidecarsNaming(store, name, context.signal);
        const forgotten = await store.forgetPerson(id, { dryRun });
        return { person: { id, name }, photograph: null, ...forgotten, sidecars, mayReturn, dryRun };
      }
      const photograph = await photographAt(store, path as string);
      const { faces } = await store.forgetPhotograph(photograph.id, { dryRun: true });
      if (!yes && !dryRun) await ask(`the photograph ${photograph.paths.join(", ")} with its faces, ${faces}`, context);
      const forgotten = await store.forgetPhotograph(photograph.id, { mayReturn, dryRun });
      return { person: null, photograph, ...forgotten, sidecars: [], mayReturn, dryRun };
    }),
});

/** @throws FaceNetError OPTION_INVALID where nobody agrees */
async function ask(what: string, { confirm }: Pick<OperationContext, "confirm">): Promise<void> {
  if (await confirm?.(`Forget ${what}, for good?`)) return;
  const reason = `must be set to forget ${what}: nobody has agreed, and it cannot be taken back`;
  throw new FaceNetError("OPTION_INVALID", { option: "yes", reason });
}

/** Also of a file that is gone from disk. @throws FaceNetError PHOTOGRAPH_UNKNOWN */
async function photographAt(store: GalleryStore, path: string): Promise<{ id: number; paths: string[] }> {
  const known = (await store.knownFile(resolve(path))) ?? (await store.knownFile(path));
  const photograph = known?.photograph ? await store.photograph(known.photograph) : undefined;
  if (!photograph) throw new FaceNetError("PHOTOGRAPH_UNKNOWN", { path });
  return { id: photograph.id, paths: photograph.paths };
}
