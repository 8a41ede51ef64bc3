/** Finds the photographs of people: of the one in a probe photograph, of people by name, or of several together. */
import { codeDistance } from "../../metric/distance.ts";
import type { FoundPhotograph, FoundPhotographs } from "../../schemas/found-photographs.ts";
import type { Neighbour } from "../../search/selection.ts";
import type { Probe } from "../access/probe-gallery.ts";
import type { FaceFilter, FoundFace, GalleryStore } from "../store/gallery-store.ts";
import { findPerson } from "./find-person.ts";
import { photographsShowing, type Showing, type ShowingOptions, type Sought } from "./photographs-showing.ts";

export type PhotographQuery = Pick<ShowingOptions, "match"> & {
  /** the person of this face */
  readonly probe?: Probe;
  /** people by number or name */
  readonly names: readonly string[];
  /** people who must not be shown */
  readonly without: readonly string[];
  readonly filter: FaceFilter | undefined;
};

/**
 * Photographs by distance of the nearest face; without a probe by date.
 *
 * @throws FaceNetError PERSON_NOT_FOUND, PERSON_AMBIGUOUS
 */
export async function findPhotographs(
  store: GalleryStore,
  { probe, names, without, match, filter }: PhotographQuery,
): Promise<FoundPhotographs> {
  const given = probe ? [await soughtByProbe(probe, filter)] : [];
  for (const name of names) given.push(await soughtByName(store, name, filter));
  const sought = given.filter(({ person }, at) => person === null || given.findIndex((other) => other.person === person) === at);
  const excluded: number[] = [];
  for (const name of without) excluded.push((await findPerson(store, name)).id);
  const people: FoundPhotographs["people"] = [];
  for (const { person } of sought) {
    if (person !== null) people.push({ id: person, name: (await store.person(person))?.name ?? null });
  }
  const photographs = await recordsOf(store, await photographsShowing(store, sought, { match, without: excluded }));
  photographs.sort(probe ? (a, b) => (a.distance ?? 4) - (b.distance ?? 4) : byDate);
  return { person: people[0] ?? null, people, photographs };
}

async function soughtByName(store: GalleryStore, name: string, filter: FaceFilter | undefined): Promise<Sought> {
  const { id } = await findPerson(store, name);
  const faces = await Array.fromAsync(store.faces({ ...filter, person: id }));
  return { person: id, faces: faces.map((face) => ({ face, distance: null })) };
}

/** The person of the nearest assigned face; without one, the unassigned faces within the threshold. */
async function soughtByProbe(probe: Probe, filter: FaceFilter | undefined): Promise<Sought> {
  const { store, search, threshold } = probe;
  const [near = []] = await search.within([probe.code], { distance: threshold });
  const person = near.find((face) => face.person !== null)?.person ?? null;
  const candidates = person === null ? near : await facesOf(person, near, probe);
  const distances = new Map(candidates.map(({ id, distance }) => [id, distance]));
  const faces = await Array.fromAsync(store.faces({ ...filter, ids: [...distances.keys()] }));
  const found = faces.map((face) => ({ face, distance: distances.get(face.id) as number }));
  return { person, faces: found.sort((a, b) => a.distance - b.distance) };
}

/** Squared L2 of an assigned face without an embedding: sorted last. */
const FARTHEST = 4;

/** All faces assigned to a person, and near faces that may be theirs: not those that the user rejected or assigned to others. */
async function facesOf(person: number, near: readonly FoundFace[], { store, code }: Probe): Promise<Neighbour[]> {
  const theirs = (await Array.fromAsync(store.faces({ person }))).map((face) => {
    return { id: face.id, distance: face.code ? codeDistance(code, face.code) : FARTHEST };
  });
  const others = near.filter((face) => face.person !== person);
  const excluded = new Set((await store.rejections()).filter((one) => one.person === person).map(({ face }) => face));
  for await (const { id, assignedBy } of store.faces({ ids: others.map(({ id }) => id) })) {
    if (assignedBy === "user") excluded.add(id);
  }
  return [...theirs, ...others.filter(({ id }) => !excluded.has(id))];
}

async function recordsOf(store: GalleryStore, showing: readonly Showing[]): Promise<FoundPhotograph[]> {
  const found: FoundPhotograph[] = [];
  for (const { photograph, faces } of showing) {
    const known = await store.photograph(photograph);
    const records = faces.map(({ face: { id, person, box }, distance }) => ({ face: id, person, distance, box }));
    const [first] = records;
    if (!known || !first) continue; // removed meanwhile
    const { paths, gone, width, height, takenAt } = known;
    found.push({ photograph, paths, gone, width, height, takenAt, ...first, faces: records });
  }
  return found;
}

/** Oldest first; undated photographs last, by path. */
function byDate(a: FoundPhotograph, b: FoundPhotograph): number {
  const key = ({ takenAt, paths }: FoundPhotograph) => `${takenAt ?? "~"} ${paths[0] ?? ""}`;
  return key(a) < key(b) ? -1 : 1;
}
