/** Warnings about faces to be enrolled as one person: previous owner, low quality, dissimilarity to each other. */
import { codeDistance } from "../../metric/distance.ts";
import type { ComparableFace, GalleryFace } from "../../schemas/gallery.ts";
import type { GalleryStore } from "../store/gallery-store.ts";

type DoubtOptions = {
  /** number of the person, if already in the gallery */
  readonly person: number | undefined;
  /** squared L2: faces farther apart look like different people */
  readonly threshold: number;
};

/** @property groups number of people that the faces look like: connected components of faces near each other */
export type Doubts = { readonly reasons: ReadonlyMap<number, readonly string[]>; readonly groups: number };

/** Also compares with the person's existing faces. */
export async function enrolmentDoubts(
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
