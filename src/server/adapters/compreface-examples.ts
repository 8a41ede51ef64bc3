/** CompreFace's face collection. An example is a face of a person with a name. */
import { rm } from "node:fs/promises";
import { resolve, sep } from "node:path";
import * as z from "zod";
import { FaceNetError } from "../../errors.ts";
import { inGallery } from "../../gallery/access/borrow-gallery.ts";
import type { GalleryStore } from "../../gallery/store/gallery-store.ts";
import type { GalleryFace, Person } from "../../schemas/gallery.ts";
import { PersonName } from "../../schemas/person-name.ts";
import type { Handler, Route, RouteRequest } from "../route.ts";
import { comprefaceRoute, enrollFace } from "./adapter-faces.ts";
import { FaceQuery, faceOf, faceOptions, ImageId, imageIdOf } from "./compreface-faces.ts";

const Example = z.object({ image_id: z.string(), subject: z.string() });
type Example = z.infer<typeof Example> & { readonly person: number };
type NamedFace = GalleryFace & { readonly person: number; readonly name: string };

/** @throws FaceNetError FACE_UNKNOWN */
async function namedFace(store: GalleryStore, id: number): Promise<NamedFace> {
  const face = await store.face(id);
  const name = face?.person == null ? undefined : (await store.person(face.person))?.name;
  if (!face || face.person === null || !name) throw new FaceNetError("FACE_UNKNOWN", { face: imageIdOf(id) });
  return { ...face, person: face.person, name };
}

export function exampleOf(request: RouteRequest, face: number): Promise<NamedFace> {
  return inGallery(request.context, request.settings.gallery, (store) => namedFace(store, face));
}

/** @throws FaceNetError PERSON_NOT_FOUND */
export async function subjectOf(store: GalleryStore, name: string): Promise<Person> {
  const person = await store.personByName(name.trim().normalize("NFC"));
  if (!person) throw new FaceNetError("PERSON_NOT_FOUND", { person: name });
  return person;
}

export async function subjects(store: GalleryStore): Promise<(Person & { readonly name: string })[]> {
  const named = (await store.people()).flatMap((person) => (person.name === null ? [] : [{ ...person, name: person.name }]));
  return named.sort((a, b) => a.id - b.id);
}

const AddQuery = z.object({ subject: PersonName, det_prob_threshold: FaceQuery.shape.det_prob_threshold });

async function add(request: RouteRequest): Promise<Example> {
  const { subject, ...query } = request.input as z.infer<typeof AddQuery>;
  const { person, face } = await enrollFace(request, "file", subject, faceOptions(query));
  return { image_id: imageIdOf(face), subject, person };
}

const PageQuery = z.object({
  page: z.int().min(0).default(0).describe("number of the page, from 0"),
  size: z.int().min(1).max(1000).default(20).describe("examples per page"),
  subject: z.string().optional().describe("only examples of this subject"),
});

async function list(request: RouteRequest): Promise<unknown> {
  const { page, size, subject } = request.input as z.infer<typeof PageQuery>;
  return inGallery(request.context, request.settings.gallery, async (store) => {
    const named = (await subjects(store)).filter(({ name }) => subject === undefined || name === subject.normalize("NFC"));
    const total = named.reduce((sum, { faces }) => sum + faces, 0);
    const faces: Example[] = [];
    let skipped = page * size;
    for (const { id, name, faces: count } of named) {
      if (skipped >= count) {
        skipped -= count;
        continue;
      }
      for await (const face of store.faces({ person: id }, skipped + size - faces.length)) {
        if (skipped > 0) skipped--;
        else faces.push({ image_id: imageIdOf(face.id), subject: name, person: id });
      }
      if (faces.length === size) break;
    }
    const pages = { page_number: page, page_size: size, total_pages: Math.ceil(total / size), total_elements: total };
    return { faces, ...pages };
  });
}

/**
 * Deletes an example. If the photograph has no other face, it is removed from the gallery, with its file if it was uploaded;
 * otherwise the face is permanently removed from the person.
 */
export async function deleteExample(
  store: GalleryStore,
  { id, photograph: number, person }: GalleryFace,
  folder: string,
): Promise<void> {
  const others = await Array.fromAsync(store.faces({ photograph: number }, 2));
  if (others.length > 1) {
    if (person !== null) await store.correct({ kind: "reject", faces: [id], person });
    return;
  }
  const photograph = await store.photograph(number);
  await store.forgetPhotograph(number, { mayReturn: true });
  const uploaded = (photograph?.paths ?? []).filter((path) => path.startsWith(resolve(folder) + sep));
  for (const path of uploaded) await rm(path, { force: true });
}

async function deleteAll(request: RouteRequest): Promise<unknown> {
  const { subject } = request.input as { readonly subject?: string };
  return inGallery(request.context, request.settings.gallery, async (store) => {
    const people = subject === undefined ? await subjects(store) : [await subjectOf(store, subject)];
    let deleted = 0;
    for (const { id } of people) {
      for (const face of await Array.fromAsync(store.faces({ person: id }))) {
        await deleteExample(store, face, folderOf(request));
        deleted++;
      }
    }
    return { deleted, people };
  });
}

export const folderOf = ({ settings }: RouteRequest): string => String(settings.photographsFolder);

async function deleteOne(request: RouteRequest, store: GalleryStore, imageId: string): Promise<Example> {
  const face = await namedFace(store, faceOf(imageId));
  await deleteExample(store, face, folderOf(request));
  return { image_id: imageId, subject: face.name, person: face.person };
}

async function deleteSome(request: RouteRequest): Promise<Example[]> {
  const { ids } = request.input as { readonly ids: readonly string[] };
  return inGallery(request.context, request.settings.gallery, async (store) => {
    const deleted: Example[] = [];
    for (const id of new Set(ids)) {
      const example = await deleteOne(request, store, id).catch((error: unknown) => {
        if (error instanceof FaceNetError && error.code === "FACE_UNKNOWN") return undefined; // like CompreFace, skips missing ones
        throw error;
      });
      if (example) deleted.push(example);
    }
    return deleted;
  });
}

/** The picture of an example: its photograph, upright. */
function downloading(picture: Handler): Handler["run"] {
  return async (request) => {
    const { photograph } = await exampleOf(request, faceOf(String(request.input.image_id)));
    return picture.run({ ...request, input: { id: photograph, size: 4096 } });
  };
}

const Deleted = z.object({ deleted: z.int() });
const path = "/recognition/faces";

/** @param picture serves the picture of a photograph */
export const exampleRoutes = (picture: Handler): readonly Route[] => [
  comprefaceRoute({
    name: "addExample",
    method: "post",
    path,
    scope: "write",
    status: 201,
    photographs: ["file"],
    summary: "Adds an example of a subject: a photograph with one face",
    input: AddQuery,
    output: Example,
    run: add,
  }),
  comprefaceRoute({
    name: "listExamples",
    method: "get",
    path,
    scope: "read",
    audited: true,
    summary: "Lists examples in pages",
    input: PageQuery,
    output: z.object({
      faces: z.array(Example),
      page_number: z.int(),
      page_size: z.int(),
      total_pages: z.int(),
      total_elements: z.int(),
    }),
    run: list,
  }),
  comprefaceRoute({
    name: "deleteExamples",
    method: "delete",
    path,
    scope: "admin",
    summary: "Deletes all examples, or those of a subject",
    input: z.object({ subject: z.string().optional() }),
    output: Deleted,
    run: deleteAll,
  }),
  comprefaceRoute({
    name: "deleteSomeExamples",
    method: "post",
    path: `${path}/delete`,
    scope: "admin",
    bodyField: "ids",
    summary: "Deletes several examples",
    input: z.object({ ids: z.array(ImageId).max(10_000) }),
    output: z.array(Example),
    run: deleteSome,
  }),
  comprefaceRoute({
    name: "deleteExample",
    method: "delete",
    path: `${path}/{image_id}`,
    scope: "admin",
    summary: "Deletes an example",
    input: z.object({ image_id: ImageId }),
    output: Example,
    run: (request) =>
      inGallery(request.context, request.settings.gallery, (store) => deleteOne(request, store, String(request.input.image_id))),
  }),
  comprefaceRoute({
    name: "exampleImage",
    method: "get",
    path: `${path}/{image_id}/img`,
    scope: "read",
    answer: "jpeg",
    summary: "Downloads the photograph of an example",
    input: z.object({ image_id: ImageId }),
    output: z.unknown(),
    run: downloading(picture),
  }),
  comprefaceRoute({
    name: "exampleImageByKey",
    method: "get",
    path: "/static/{api_key}/images/{image_id}",
    scope: "read",
    answer: "jpeg",
    summary: "Downloads the photograph of an example, with the key in the address, for <img>",
    input: z.object({ api_key: z.string(), image_id: ImageId }),
    output: z.unknown(),
    run: downloading(picture),
  }),
];
