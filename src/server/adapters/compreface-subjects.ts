/** CompreFace's subjects: people of the gallery with a name. */
import * as z from "zod";
import { FaceNetError } from "../../errors.ts";
import { inGallery } from "../../gallery/access/borrow-gallery.ts";
import type { GalleryStore } from "../../gallery/store/gallery-store.ts";
import type { Person } from "../../schemas/gallery.ts";
import { PersonName } from "../../schemas/person-name.ts";
import type { Route, RouteRequest } from "../route.ts";
import { comprefaceRoute } from "./adapter-faces.ts";
import { deleteExample, folderOf, subjectOf, subjects } from "./compreface-examples.ts";

type Work = (store: GalleryStore, request: RouteRequest) => Promise<unknown>;
const inSubjects = (work: Work) => (request: RouteRequest) =>
  inGallery(request.context, request.settings.gallery, (store) => work(store, request));

const Subject = z.object({ subject: PersonName });
const Named = z.object({ subject: z.string() });

async function add(store: GalleryStore, { input }: RouteRequest): Promise<unknown> {
  const name = String(input.subject);
  if (await store.personByName(name)) throw new FaceNetError("PERSON_NAME_TAKEN", { person: name });
  const { person } = await store.correct({ kind: "create", name, faces: [] });
  return { subject: name, person };
}

/** Merges the subjects if another one has the new name. */
async function rename(store: GalleryStore, { input }: RouteRequest): Promise<unknown> {
  const { name, subject } = input as { readonly name: string; readonly subject: string };
  const { id } = await subjectOf(store, name);
  const other = await store.personByName(subject);
  if (other && other.id !== id) await store.correct({ kind: "merge", into: other.id, from: id });
  else await store.correct({ kind: "name", person: id, name: subject });
  return { updated: true, correction: { into: other?.id ?? id, from: id } };
}

async function remove(store: GalleryStore, { id }: Person, folder: string): Promise<void> {
  for (const face of await Array.fromAsync(store.faces({ person: id }))) await deleteExample(store, face, folder);
  if (await store.person(id)) await store.forgetPerson(id);
}

async function removeOne(store: GalleryStore, request: RouteRequest): Promise<unknown> {
  const person = await subjectOf(store, String(request.input.name));
  await remove(store, person, folderOf(request));
  return { subject: person.name, person: person.id };
}

async function removeAll(store: GalleryStore, request: RouteRequest): Promise<unknown> {
  const people = await subjects(store);
  for (const person of people) await remove(store, person, folderOf(request));
  return { deleted: people.length, people };
}

const path = "/recognition/subjects";

export const subjectRoutes: readonly Route[] = [
  comprefaceRoute({
    name: "listSubjects",
    method: "get",
    path,
    alias: `${path}/`,
    scope: "read",
    audited: true,
    summary: "Lists the subjects",
    input: z.object({}),
    output: z.object({ subjects: z.array(z.string()) }),
    run: inSubjects(async (store) => {
      const people = await subjects(store);
      return { subjects: people.map(({ name }) => name), people };
    }),
  }),
  comprefaceRoute({
    name: "addSubject",
    method: "post",
    path,
    scope: "write",
    status: 201,
    summary: "Adds a subject without examples",
    input: Subject,
    output: Named,
    run: inSubjects(add),
  }),
  comprefaceRoute({
    name: "renameSubject",
    method: "put",
    path: `${path}/{name}`,
    scope: "write",
    summary: "Renames a subject, or merges it with the subject that already has the new name",
    input: Subject.extend({ name: z.string() }),
    output: z.object({ updated: z.boolean() }),
    run: inSubjects(rename),
  }),
  comprefaceRoute({
    name: "deleteSubject",
    method: "delete",
    path: `${path}/{name}`,
    scope: "admin",
    summary: "Deletes a subject and all examples",
    input: z.object({ name: z.string() }),
    output: Named,
    run: inSubjects(removeOne),
  }),
  comprefaceRoute({
    name: "deleteSubjects",
    method: "delete",
    path,
    scope: "admin",
    summary: "Deletes all subjects and all examples",
    input: z.object({}),
    output: z.object({ deleted: z.int() }),
    run: inSubjects(removeAll),
  }),
];
