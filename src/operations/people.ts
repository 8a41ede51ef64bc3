import * as z from "zod";
import { FaceNetError } from "../errors.ts";
import { inGallery } from "../gallery/access/borrow-gallery.ts";
import { findPerson } from "../gallery/people/find-person.ts";
import { namesIn } from "../gallery/people/names-in.ts";
import { correctionsOf } from "../gallery/people/person-edits.ts";
import type { GalleryStore } from "../gallery/store/gallery-store.ts";
import { Box } from "../schemas/face.ts";
import { CorrectionRecord, Person } from "../schemas/gallery.ts";
import { galleryOption } from "../schemas/options.ts";
import { PersonName } from "../schemas/person-name.ts";
import { cluster } from "./cluster.ts";
import { defineAnswer, type OperationContext } from "./operation.ts";

const faceIds = z.array(z.int().min(1)).min(1).optional();
const pair = z.array(z.int().min(1)).min(2).optional();

export const people = defineAnswer({
  name: "people",
  summary: "Lists the people of the gallery; names, merges, splits, hides and ignores them",
  positionals: ["person"],
  examples: [
    { command: "facenet people", says: "everybody, those with most faces first" },
    { command: "facenet people 12 --name Anna", says: "gives person 12 a name" },
    { command: "facenet people Anna --merge 31", says: "person 31 is Anna too" },
    { command: "facenet people Anna --assign 12,13", says: "faces 12 and 13 are Anna" },
    { command: "facenet people --name Ben --assign 14", says: "a new person, Ben, with face 14" },
    { command: "facenet people Anna --remove 12", says: "unassigns face 12; clustering may assign it again" },
    { command: "facenet people Anna --reject 508", says: "face 508 is not Anna, permanently" },
    { command: "facenet people Anna --split 508,509", says: "faces 508 and 509 are another person" },
    { command: "facenet people --different 12,508", says: "these two faces are different people" },
    { command: "facenet people --ignore 14,15", says: "strangers: excluded from people, clustering and search" },
    { command: "facenet people 31 --hide", says: "hides the person in lists; --no-hide reverts it" },
    { command: "facenet people Anna --cover 12", says: "face 12 represents Anna in lists" },
    { command: "facenet people --reset", says: "regroups from your corrections alone" },
  ],
  input: z.strictObject({
    person: z.string().optional().describe("number or name of a person (id:12 and name:12 disambiguate)"),
    name: PersonName.optional().describe("name for the person"),
    merge: z.string().optional().describe("number or name of a person to merge into this one"),
    assign: faceIds.describe("faces that are this person"),
    remove: faceIds.describe("faces to unassign; clustering may assign them again"),
    reject: faceIds.describe("faces that are not this person"),
    split: faceIds.describe("faces of this person that are another person"),
    unname: z.boolean().default(false).describe("remove the person's name; the faces stay together"),
    hide: z.boolean().optional().describe("hide the person in lists"),
    cover: z.int().min(1).optional().describe("face that represents the person"),
    ignore: faceIds.describe("faces to exclude from people, clustering and search, such as strangers in the background"),
    notAFace: faceIds.describe("the same for false detections"),
    unignore: faceIds.describe("ignored faces to include again"),
    ignorePerson: z.boolean().default(false).describe("ignore all faces of the person"),
    same: pair.describe("faces of one person"),
    different: pair.describe("faces of different people, pairwise"),
    hidden: z.boolean().default(false).describe("include hidden people"),
    reset: z.boolean().default(false).describe("discard clusters and regroup from corrections alone"),
    ...galleryOption,
  }),
  output: z.object({
    people: z.array(Person),
    faces: z
      .array(
        z.object({
          id: z.int(),
          photograph: z.int(),
          box: Box.describe("in pixels of the upright photograph"),
          paths: z.array(z.string()),
          gone: z.boolean().describe("the photograph's files are missing"),
        }),
      )
      .describe("faces of the person, if one is given"),
    done: z.array(CorrectionRecord).describe("changes made; `facenet undo` reverts the last"),
    names: z.record(z.string(), z.string()).describe("names of the people in `done`, by number"),
  }),
  async run({ person: given, hidden, reset, gallery, ...edits }, context) {
    const grouped = reset ? await groupAnew({ person: given, ...edits }, gallery, context) : null;
    return inGallery(context, gallery, async (store) => {
      const person = given === undefined ? undefined : await findPerson(store, given);
      const done: CorrectionRecord[] = grouped ? [grouped] : [];
      for (const correction of await correctionsOf(store, person, edits)) done.push(await store.correct(correction));
      const shown = new Set([person?.id, ...done.map((record) => record.person)].filter((id) => typeof id === "number"));
      const everybody = await store.people();
      const last = person ?? (shown.size === 1 ? { id: [...shown][0] as number } : undefined);
      return {
        people: everybody.filter((one) => (shown.size === 0 ? hidden || !one.hidden : shown.has(one.id))),
        faces: last ? await facesOf(store, last.id) : [],
        done,
        names: await namesIn(store, done),
      };
    });
  },
});

/** @throws FaceNetError OPTION_INVALID if combined with other options */
async function groupAnew(
  others: Readonly<Record<string, unknown>>,
  gallery: string | undefined,
  context: OperationContext,
): Promise<CorrectionRecord | null> {
  const other = Object.entries(others).find(([, value]) => value !== undefined && value !== false);
  if (other) throw new FaceNetError("OPTION_INVALID", { option: "reset", reason: `cannot be given together with ${other[0]}` });
  return (await cluster.run(cluster.input.parse({ reset: true, gallery }), context)).done;
}

async function facesOf(store: GalleryStore, person: number) {
  const faces: { id: number; photograph: number; box: Box; paths: string[]; gone: boolean }[] = [];
  for await (const { id, photograph, box } of store.faces({ person })) {
    const { paths = [], gone = true } = (await store.photograph(photograph)) ?? {};
    faces.push({ id, photograph, box, paths, gone });
  }
  return faces;
}
