/** Enrols faces as a person, and warns of a previous owner, low quality, dissimilar faces and similar groups. */
import { resolve } from "node:path";
import { codeDistance } from "../../metric/distance.ts";
import type { Box } from "../../schemas/face.ts";
import type { ComparableFace, Correction, GalleryFace } from "../../schemas/gallery.ts";
import type { FaceSearch } from "../access/face-search.ts";
import type { GalleryStore } from "../store/gallery-store.ts";

/** Nearest faces of unnamed groups considered for each enrolled face. */
const NEIGHBOURS = 60;

type Enrol = Extract<Correction, { kind: "enroll" }>;

/** Enrols each person as a step of the journal, or a whole tree as one. */
export function enrolAs(store: GalleryStore, tree: string | undefined): (enrol: Enrol) => Promise<number | null> {
  if (tree === undefined) return async (enrol) => (await store.correct(enrol)).person;
  const step = store.openStep({ kind: "import", file: resolve(tree) });
  return (enrol) => step.correct(enrol);
}

export type Shown = { readonly image: string; readonly face: GalleryFace };
export type Enrolment = {
  readonly person: number;
  readonly name: string;
  readonly enrolled: {
    readonly image: string;
    readonly person: number;
    readonly face: number;
    readonly box: Box;
    readonly reasons: string[];
  }[];
  readonly warnings: readonly string[];
};
type Enrolling = {
  readonly store: GalleryStore;
  readonly threshold: number;
  readonly correct: (enrol: Enrol) => Promise<number | null>;
};

/** Adds unnamed groups with a face within the threshold of an enrolled one, the nearest first. */
export async function groupsLike(
  enrolments: readonly Enrolment[],
  search: FaceSearch,
  { store, threshold }: Pick<Enrolling, "store" | "threshold">,
) {
  const ids = enrolments.flatMap(({ enrolled }) => enrolled.map(({ face }) => face));
  const faces = (await Array.fromAsync(store.faces({ ids, embedded: true }))).filter(({ code }) => code !== null);
  const codes = faces.map(({ code }) => code as Int8Array);
  const found = await search.nearest(codes, { k: NEIGHBOURS, filter: { assigned: true, named: false } });
  const near = faces.flatMap(({ person: of }, i) =>
    (found[i] ?? []).map(({ person, distance }) => ({ of, group: person, distance })),
  );
  const within = near.filter(({ distance }) => distance <= threshold).sort((x, y) => x.distance - y.distance);
  return enrolments.map(({ person, name, enrolled }) => {
    const groups = new Set(within.flatMap(({ of, group }) => (of === person && group !== null ? [group] : [])));
    return { person, name, faces: enrolled.length, groups: [...groups] };
  });
}

export async function enrol(name: string, shown: readonly Shown[], { store, threshold, correct }: Enrolling): Promise<Enrolment> {
  const faces = shown.map(({ face }) => face);
  const known = (await store.personByName(name))?.id;
  const { reasons, groups } = await enrolmentDoubts(store, faces, { person: known, threshold });
  const person = await correct({ kind: "enroll", name, faces: faces.map(({ id }) => id) });
  if (person === null) throw new TypeError("enrolling returns a person");
  return {
    person,
    name,
    enrolled: shown.map(({ image, face: { id, box } }) => ({
      image,
      person,
      face: id,
      box,
      reasons: [...(reasons.get(id) ?? [])],
    })),
    warnings:
      groups > 1
        ? [
            `The photographs of ${name} appear to show ${groups} people at the gallery's threshold (${threshold.toFixed(3)}, squared L2).`,
          ]
        : [],
  };
}

type DoubtOptions = {
  /** number of the person, if already in the gallery */
  readonly person: number | undefined;
  /** squared L2: faces farther apart look like different people */
  readonly threshold: number;
};

/** @property groups number of people that the faces look like: connected components of faces near each other */
type Doubts = { readonly reasons: ReadonlyMap<number, readonly string[]>; readonly groups: number };

/** Also compares with the person's existing faces. */
async function enrolmentDoubts(
  store: GalleryStore,
  faces: readonly GalleryFace[],
  { person, threshold }: DoubtOptions,
): Promise<Doubts> {
  const names = await store.names();
  const own = person === undefined ? [] : await Array.fromAsync(store.faces({ person, embedded: true }));
  const all = [...new Map([...faces, ...own].map((face) => [face.id, face])).values()];
  const compared = all.filter((face) => face.code !== null) as ComparableFace[];
  const groupOf = groupsWithin(compared, threshold);
  const sizes = new Map<number, number>();
  for (const group of groupOf.values()) sizes.set(group, (sizes.get(group) ?? 0) + 1);
  const reasons = new Map<number, string[]>();
  for (const { id, person: owner, quality } of faces) {
    const doubts = [...quality.reasons];
    const name = owner === null || owner === person ? undefined : names.get(owner);
    if (name) doubts.push(`was ${name} (${owner}) until now`);
    const group = groupOf.get(id);
    if (group !== undefined && sizes.get(group) === 1 && compared.length > 1)
      doubts.push(`resembles none of the person's other faces (none within ${threshold.toFixed(3)}, squared L2)`);
    reasons.set(id, doubts);
  }
  const shown = new Set(faces.flatMap(({ id }) => groupOf.get(id) ?? []));
  return { reasons, groups: shown.size };
}

/** Connected components of the graph of faces within the threshold. @returns number of the component by face */
function groupsWithin(faces: readonly ComparableFace[], threshold: number): Map<number, number> {
  const groupOf = new Map<number, number>();
  for (const [group, first] of faces.entries()) {
    if (groupOf.has(first.id)) continue;
    groupOf.set(first.id, group);
    for (const open = [first]; open.length > 0; ) {
      const { code } = open.pop() as ComparableFace;
      for (const other of faces) {
        if (groupOf.has(other.id) || codeDistance(code, other.code) > threshold) continue;
        groupOf.set(other.id, group);
        open.push(other);
      }
    }
  }
  return groupOf;
}
