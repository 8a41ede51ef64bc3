/**
 * Suggests merges: whether an unnamed group or an unassigned face is a named person, most likely first. Excludes rejected faces,
 * pairs with a cannot-link constraint or a common photograph, and undecided questions until there are clearly more faces.
 */
import type { GalleryFace, Person, Undecided } from "../../schemas/gallery.ts";
import type { FaceSearch } from "../access/face-search.ts";
import type { GalleryStore } from "../store/gallery-store.ts";
import { likelyPeople } from "./likely-people.ts";

/** Faces of a group that are compared, by quality; the median of their distances is used. */
const SAMPLE = 7;
/** Nearest people considered for each face. */
const RIVALS = 3;
/** An undecided question is asked again once the two have this many times the faces, and at least one more. */
const MORE_FACES = 1.1;
/** Unnamed faces that are compared, earliest first, to bound the response time. The number left out is reported. */
const FACES_READ = 20_000;

export type SamePerson = {
  readonly person: Person;
  /** an unnamed group; null for an unassigned face */
  readonly group: Person | null;
  /** the face, or the faces of the group that were compared, best first */
  readonly faces: readonly number[];
  /** nearest face of the person */
  readonly nearest: number;
  /** squared L2; for a group the median */
  readonly distance: number;
};

type Probe = { readonly subject: Person | null; readonly faces: readonly GalleryFace[] };

/** @property leftOut unnamed faces not compared, because there are too many */
export type SamePersonQuestions = { readonly questions: readonly SamePerson[]; readonly leftOut: number };

/** @param options.farthest largest squared L2 of a question @param options.most maximum number of faces compared */
export async function samePersonQuestions(
  store: GalleryStore,
  search: FaceSearch,
  { farthest, most = FACES_READ }: { readonly farthest: number; readonly most?: number },
): Promise<SamePersonQuestions> {
  const people = new Map((await store.people()).map((person) => [person.id, person]));
  const { probes, leftOut } = await probesOf(store, people, most);
  const all = probes.flatMap(({ faces }) => faces);
  const found = await likelyPeople(store, search, all, { rivals: RIVALS, named: true });
  const isOpen = await openQuestions(store, people);
  const questions: SamePerson[] = [];
  let at = 0;
  for (const { subject, faces } of probes) {
    const rivals = found.slice(at, at + faces.length);
    at += faces.length;
    for (const { person: id, face: nearest, distance } of nearestOf(rivals)) {
      const person = people.get(id);
      if (!person || distance > farthest || !isOpen(person, subject, faces)) continue;
      questions.push({ person, group: subject, faces: faces.map((face) => face.id), nearest, distance });
    }
  }
  questions.sort((a, b) => a.distance - b.distance || (b.group?.faces ?? 0) - (a.group?.faces ?? 0));
  return { questions, leftOut };
}

/** Unnamed groups, without faces of low quality, and unassigned faces. */
async function probesOf(
  store: GalleryStore,
  people: ReadonlyMap<number, Person>,
  most: number,
): Promise<{ readonly probes: Probe[]; readonly leftOut: number }> {
  const groups = new Map<number, GalleryFace[]>();
  const singles: Probe[] = [];
  let read = 0;
  for await (const face of store.faces({ named: false, ignored: false, embedded: true })) {
    if (++read > most) continue;
    if (face.person === null) {
      if (face.quality.acceptable) singles.push({ subject: null, faces: [face] });
      continue;
    }
    if (people.get(face.person)?.hidden) continue;
    const own = groups.get(face.person) ?? [];
    own.push(face);
    groups.set(face.person, own.length > SAMPLE ? best(own) : own);
  }
  const grouped = [...groups].map(([id, faces]): Probe => ({ subject: people.get(id) ?? null, faces: best(faces) }));
  return { probes: [...grouped.filter(({ subject }) => subject !== null), ...singles], leftOut: Math.max(0, read - most) };
}

const best = (faces: readonly GalleryFace[]): GalleryFace[] => [...faces].sort((a, b) => worth(b) - worth(a)).slice(0, SAMPLE);

const worth = ({ quality }: GalleryFace): number => quality.sizePx + (quality.acceptable ? 1e6 : 0);

/** Each person near most of the faces, by median distance; faces without a match count as far away. */
function nearestOf(found: Awaited<ReturnType<typeof likelyPeople>>) {
  const byPerson = Map.groupBy(found.flat(), ({ person }) => person);
  return [...byPerson].flatMap(([person, rivals]) => {
    const sorted = rivals.sort((a, b) => a.distance - b.distance);
    const middle = sorted[Math.floor((found.length - 1) / 2)];
    const [first] = sorted;
    return middle && first ? [{ person, face: first.face, distance: middle.distance }] : [];
  });
}

type IsOpen = (person: Person, group: Person | null, faces: readonly GalleryFace[]) => boolean;

async function openQuestions(store: GalleryStore, people: ReadonlyMap<number, Person>): Promise<IsOpen> {
  const key = ({ person, group, face }: Pick<Undecided, "person" | "group" | "face">) => `${person} ${group} ${face}`;
  const left = new Map((await store.undecided()).map((one) => [key(one), one.faces]));
  const rejected = new Set((await store.rejections()).map(({ face, person }) => `${face} ${person}`));
  const forbidden = await forbiddenPeople(store);
  const photographs = await photographsOf(store, people);
  return (person, group, faces) => {
    const asked = left.get(key({ person: person.id, group: group?.id ?? null, face: group ? null : (faces[0]?.id ?? null) }));
    const now = person.faces + (group?.faces ?? 0);
    if (asked !== undefined && now < Math.max(asked + 1, asked * MORE_FACES)) return false;
    if (faces.some(({ id }) => rejected.has(`${id} ${person.id}`) || forbidden.get(id)?.has(person.id))) return false;
    const theirs = photographs.get(person.id);
    const own = group ? (photographs.get(group.id) ?? new Set()) : new Set(faces.map(({ photograph }) => photograph));
    return ![...own].some((photograph) => theirs?.has(photograph));
  };
}

/** For each face, the people of faces it has a cannot-link constraint with. */
async function forbiddenPeople(store: GalleryStore): Promise<Map<number, Set<number>>> {
  const links = (await store.links()).filter(({ kind }) => kind === "cannot");
  const owner = new Map<number, number>();
  for await (const { id, person } of store.faces({ ids: links.flatMap(({ a, b }) => [a, b]), assigned: true }))
    owner.set(id, person as number);
  const forbidden = new Map<number, Set<number>>();
  for (const { a, b } of links) {
    for (const [face, other] of [
      [a, b],
      [b, a],
    ] as const) {
      const person = owner.get(other);
      if (person !== undefined) forbidden.set(face, (forbidden.get(face) ?? new Set()).add(person));
    }
  }
  return forbidden;
}

async function photographsOf(store: GalleryStore, people: ReadonlyMap<number, Person>): Promise<Map<number, Set<number>>> {
  const found = new Map<number, Set<number>>();
  for await (const { photographs, people: owners } of store.owners()) {
    for (const [i, owner] of owners.entries()) {
      if (owner === null || !people.has(owner)) continue;
      found.set(owner, (found.get(owner) ?? new Set()).add(photographs[i] as number));
    }
  }
  return found;
}
