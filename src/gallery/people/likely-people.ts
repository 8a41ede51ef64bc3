/** The nearest people of the gallery's faces, respecting constraints. */
import type { GalleryFace } from "../../schemas/gallery.ts";
import type { FaceSearch } from "../access/face-search.ts";
import type { Rival } from "../identify-face.ts";
import type { GalleryStore } from "../store/gallery-store.ts";

/** Neighbours of each face; a person with many faces may take most of them. */
const NEIGHBOURS = 60;
/** Faces per search. */
const TOGETHER = 1024;

type KnownFace = Pick<GalleryFace, "id" | "photograph" | "person" | "code">;

/**
 * The nearest people of each face, nearest first, by the distance to their nearest other face. Includes the face's own person;
 * excludes people with another face in the same photograph and people rejected by the user. A face without an embedding has none.
 *
 * @param options.rivals number of people
 * @param options.named only people with a name
 */
export async function likelyPeople(
  store: GalleryStore,
  search: FaceSearch,
  faces: readonly KnownFace[],
  { rivals, named }: { readonly rivals: number; readonly named?: boolean },
): Promise<Rival[][]> {
  const excluded = await excludedPeople(store, faces);
  const answers: Rival[][] = [];
  for (let first = 0; first < faces.length; first += TOGETHER) {
    const some = faces.slice(first, first + TOGETHER);
    const probes = some.map(({ code }) => code).filter((code) => code !== null);
    const found = await search.nearest(probes, { k: NEIGHBOURS, filter: { assigned: true, named } });
    let next = 0;
    for (const { id, code } of some) {
      const neighbours = code ? (found[next++] ?? []) : [];
      const not = excluded.get(id);
      const nearest = new Map<number, Rival>();
      for (const { id: face, person, distance } of neighbours) {
        if (nearest.size === rivals) break;
        if (face === id || person === null || not?.has(person) || nearest.has(person)) continue;
        nearest.set(person, { person, distance, face });
      }
      answers.push([...nearest.values()]);
    }
  }
  return answers;
}

async function excludedPeople(store: GalleryStore, faces: readonly KnownFace[]): Promise<Map<number, Set<number>>> {
  const wanted = new Set(faces.map(({ photograph }) => photograph));
  const others = new Map<number, { readonly id: number; readonly person: number }[]>();
  for await (const { ids, photographs, people } of store.owners()) {
    for (const [i, photograph] of photographs.entries()) {
      const person = people[i] ?? null;
      if (person === null || !wanted.has(photograph)) continue;
      const list = others.get(photograph) ?? [];
      list.push({ id: ids[i] as number, person });
      others.set(photograph, list);
    }
  }
  const excluded = new Map<number, Set<number>>();
  for (const { id, photograph } of faces) {
    const people = (others.get(photograph) ?? []).filter((other) => other.id !== id).map(({ person }) => person);
    excluded.set(id, new Set(people));
  }
  for (const { face, person } of await store.rejections()) excluded.get(face)?.add(person);
  return excluded;
}
