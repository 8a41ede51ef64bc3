/** Translates the options of one people command into a sequence of corrections. */
import { FaceNetError } from "../../errors.ts";
import type { Correction, Link, Person } from "../../schemas/gallery.ts";
import type { GalleryStore } from "../store/gallery-store.ts";
import { findPerson } from "./find-person.ts";

type FaceIds = number[] | undefined;

/** Face lists that must be disjoint. */
const ofFaces = ["assign", "remove", "reject", "split", "ignore", "notAFace", "unignore"] as const;

export type PersonEdits = { readonly [K in (typeof ofFaces)[number]]?: FaceIds } & {
  readonly name?: string | undefined;
  readonly unname?: boolean | undefined;
  readonly merge?: string | undefined;
  readonly hide?: boolean | undefined;
  readonly cover?: number | undefined;
  /** all faces of the person */
  readonly ignorePerson?: boolean | undefined;
  readonly same?: FaceIds;
  readonly different?: FaceIds;
};

/**
 * All faces are validated before any change.
 *
 * @throws FaceNetError OPTION_INVALID, FACE_UNKNOWN, PERSON_NOT_FOUND, PERSON_AMBIGUOUS
 */
export async function correctionsOf(store: GalleryStore, person: Person | undefined, edits: PersonEdits): Promise<Correction[]> {
  refuseContradictions(edits);
  const { ignore, notAFace, unignore } = edits;
  const said = person ? await ofPerson(store, person, edits) : ofNobody(edits);
  if (ignore) said.push({ kind: "ignore", faces: ignore, as: "stranger" });
  if (notAFace) said.push({ kind: "ignore", faces: notAFace, as: "no face" });
  if (unignore) said.push({ kind: "ignore", faces: unignore, as: null });
  const links = linksOf(edits);
  if (links.length > 0) said.push({ kind: "link", links });
  return said;
}

/** Corrections without a person. @throws FaceNetError OPTION_INVALID for options that require one */
function ofNobody({ name, unname, merge, assign, remove, reject, split, hide, cover, ignorePerson }: PersonEdits): Correction[] {
  const others = [merge, remove, reject, split, hide, cover, unname || undefined, ignorePerson || undefined];
  const isCreation = name !== undefined && assign !== undefined && others.every((edit) => edit === undefined);
  if (isCreation) return [{ kind: "create", name, faces: assign }];
  if ([name, assign, ...others].some((edit) => edit !== undefined))
    throw new FaceNetError("OPTION_INVALID", { option: "person", reason: "is required, a number or a name" });
  return [];
}

async function ofPerson(store: GalleryStore, person: Person, edits: PersonEdits): Promise<Correction[]> {
  const { name, unname, merge, assign, remove, reject, split, hide, cover, ignorePerson } = edits;
  const { id } = person;
  const said: Correction[] = [];
  for (const face of remove ?? []) {
    if ((await store.face(face))?.person !== id) throw new FaceNetError("FACE_UNKNOWN", { face, person: id });
  }
  if (merge !== undefined) said.push({ kind: "merge", into: id, from: await other(store, person, merge) });
  if (assign) said.push({ kind: "assign", faces: assign, person: id });
  if (remove) said.push({ kind: "assign", faces: remove, person: null });
  if (reject) said.push({ kind: "reject", faces: reject, person: id });
  if (split) said.push({ kind: "split", faces: split, person: id });
  if (name !== undefined) said.push({ kind: "name", person: id, name });
  if (unname) said.push({ kind: "name", person: id, name: null });
  if (hide !== undefined) said.push({ kind: "hide", person: id, hidden: hide });
  if (cover !== undefined) said.push({ kind: "cover", person: id, face: cover });
  if (ignorePerson) said.push({ kind: "ignore", faces: await facesOf(store, id), as: "stranger" });
  return said;
}

async function other(store: GalleryStore, person: Person, given: string): Promise<number> {
  const { id } = await findPerson(store, given);
  if (id !== person.id) return id;
  throw new FaceNetError("OPTION_INVALID", { option: "merge", reason: `${given} is already the same person` });
}

async function facesOf(store: GalleryStore, person: number): Promise<number[]> {
  const faces: number[] = [];
  for await (const { id } of store.faces({ person })) faces.push(id);
  if (faces.length > 0) return faces;
  throw new FaceNetError("OPTION_INVALID", { option: "ignorePerson", reason: `person ${person} has no faces` });
}

/** Links between neighbours for one person, between all pairs for different people. */
function linksOf({ same = [], different = [] }: PersonEdits): Link[] {
  const chain = same.slice(1).map((b, i) => ({ a: same[i] as number, b, kind: "must" }) as const);
  const pairs = different.flatMap((a, i) => different.slice(i + 1).map((b) => ({ a, b, kind: "cannot" }) as const));
  return [...chain, ...pairs];
}

/** @throws FaceNetError OPTION_INVALID for contradictory statements about a face */
function refuseContradictions({ same = [], different = [], name, unname, ...edits }: PersonEdits): void {
  const said = new Map<number, string>();
  for (const option of ofFaces) {
    for (const face of new Set(edits[option])) {
      const before = said.get(face);
      if (before !== undefined)
        throw new FaceNetError("OPTION_INVALID", { option, reason: `names face ${face}, as does ${before}` });
      said.set(face, option);
    }
  }
  if (name !== undefined && unname)
    throw new FaceNetError("OPTION_INVALID", { option: "unname", reason: "cannot be given together with name" });
  for (const [option, faces] of Object.entries({ same, different })) {
    if (new Set(faces).size < faces.length) throw new FaceNetError("OPTION_INVALID", { option, reason: "names a face twice" });
  }
  const twice = different.filter((face) => same.includes(face));
  if (twice.length > 1)
    throw new FaceNetError("OPTION_INVALID", {
      option: "different",
      reason: `names faces ${twice[0]} and ${twice[1]}, as does same`,
    });
}
