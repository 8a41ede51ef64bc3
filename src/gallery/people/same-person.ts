/**
 * Questions whether two are the same person: a group of faces without a name, or a face of nobody, and a person with a name; the
 * likeliest first. Left out is what was answered: a face said not to be the person, a link that forbids it, a shared photograph,
 * and what could not be told as long as both have about as many faces as then.
 */
import type { GalleryFace, Person, Undecided } from "../../schemas/gallery.ts";
import type { FaceSearch } from "../access/face-search.ts";
import type { GalleryStore } from "../store/gallery-store.ts";
import { likelyPeople } from "./likely-people.ts";

/** Faces of a group that are compared, the best ones; the middle one of their distances counts. */
const SAMPLE = 7;
/** People looked at for each face. */
const RIVALS = 3;
/** An open question is asked again when both together have so many times the faces, and at least one more. */
const MORE_FACES = 1.1;
/** Faces without a name that are compared, those added first: more would make an answer wait. How many are left out is told. */
const FACES_READ = 20_000;

export type SamePerson = {
  readonly person: Person;
  /** a group without a name; null for a face of nobody */
  readonly group: Person | null;
  /** the face, or those of the group that were compared, the best first */
  readonly faces: readonly number[];
  /** of the person, the nearest */
  readonly nearest: number;
  /** squared L2; of a group the middle one */
  readonly distance: number;
};

type Probe = { readonly subject: Person | null; readonly faces: readonly GalleryFace[] };

/** @property leftOut faces without a name that were not compared: there are too many */
export type SamePersonQuestions = { readonly questions: readonly SamePerson[]; readonly leftOut: number };

/** @param options.farthest squared L2, up to which it is worth asking @param options.most faces that are compared */
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

/** Groups without a name and without their poor faces, and faces of nobody. */
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

/**
 * Each person of whom most of the faces are near, by the middle distance; a face for which a person was not found is far away.
 */
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

/** By face: the people of the faces that it is said not to be one person with. */
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
