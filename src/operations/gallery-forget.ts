import * as z from "zod";
import { FaceNetError } from "../errors.ts";
import { inGallery } from "../gallery/access/borrow-gallery.ts";
import { findPerson } from "../gallery/people/find-person.ts";
import { findPhotograph } from "../gallery/people/find-photograph.ts";
import { sidecarsNaming } from "../gallery/people/names-in-sidecars.ts";
import { galleryOption } from "../schemas/options.ts";
import { defineAnswer, type OperationContext } from "./operation.ts";

export const galleryForget = defineAnswer({
  name: "gallery forget",
  summary: "Permanently removes a person or a photograph with all faces",
  examples: [
    { command: "facenet gallery forget --person Anna", says: "her name and faces; the photographs remain, without her" },
    {
      command: "facenet gallery forget --photograph party.jpg",
      says: "its faces and paths; indexing skips it from now on",
    },
    { command: "facenet gallery forget --person Anna --dry-run", says: "what would be removed" },
    { command: "facenet gallery forget --person Anna --yes", says: "without confirmation, for scripts" },
  ],
  input: z.strictObject({
    person: z.string().optional().describe("number or name of a person"),
    photograph: z.string().optional().describe("path or number of a photograph of the gallery"),
    mayReturn: z.boolean().default(false).describe("for a photograph: remove its hash too, so that indexing adds it again"),
    yes: z.boolean().default(false).describe("do not ask for confirmation"),
    dryRun: z.boolean().default(false).describe("only show what would be removed"),
    ...galleryOption,
  }),
  output: z.object({
    person: z.object({ id: z.int(), name: z.string().nullable() }).nullable(),
    photograph: z.object({ id: z.int(), paths: z.array(z.string()) }).nullable(),
    faces: z.int().describe("faces removed"),
    corrections: z.int().describe("changes that can no longer be undone, because they concern these faces or this name"),
    sidecars: z.array(z.string()).describe("XMP files beside photographs that contain the person's name; they are not changed"),
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
        if (!yes && !dryRun) await ask(`${name ?? `person ${id}`} and all their faces, ${faces}`, context);
        const sidecars = name === null ? [] : await sidecarsNaming(store, name, context.signal);
        const forgotten = await store.forgetPerson(id, { dryRun });
        return { person: { id, name }, photograph: null, ...forgotten, sidecars, mayReturn, dryRun };
      }
      const { id, paths } = await findPhotograph(store, path as string);
      const { faces } = await store.forgetPhotograph(id, { dryRun: true });
      if (!yes && !dryRun) await ask(`the photograph ${paths.join(", ")} with its faces, ${faces}`, context);
      const forgotten = await store.forgetPhotograph(id, { mayReturn, dryRun });
      return { person: null, photograph: { id, paths }, ...forgotten, sidecars: [], mayReturn, dryRun };
    }),
});

/** @throws FaceNetError OPTION_INVALID without confirmation */
async function ask(what: string, { confirm }: Pick<OperationContext, "confirm">): Promise<void> {
  if (await confirm?.(`Permanently forget ${what}?`)) return;
  const reason = `is required to forget ${what} without confirmation: it cannot be undone`;
  throw new FaceNetError("OPTION_INVALID", { option: "yes", reason });
}
