/** Photographs that show several people: all of them, any, or only these; and not another. */
import type { GalleryFace } from "../../schemas/gallery.ts";
import type { GalleryStore } from "../store/gallery-store.ts";

/** all: everybody sought is there; any: one at least; only: everybody sought and nobody else. */
export const matches = ["all", "any", "only"] as const;

/** @property distance squared L2 to the photograph somebody is sought by; null for a person sought by name */
export type SoughtFace = { readonly face: GalleryFace; readonly distance: number | null };

/** One who is sought. */
export type Sought = {
  /** null: like nobody of the gallery */
  readonly person: number | null;
  /** all faces that may be theirs, the best first */
  readonly faces: readonly SoughtFace[];
};

/** @property faces the best face of each who is sought and there, in their order */
export type Showing = { readonly photograph: number; readonly faces: readonly SoughtFace[] };

export type ShowingOptions = {
  readonly match: (typeof matches)[number];
  /** people who must not be there */
  readonly without: readonly number[];
};

/** Ignored faces are nobody: strangers in the background do not count against `only`. */
export async function photographsShowing(
  store: GalleryStore,
  sought: readonly Sought[],
  { match, without }: ShowingOptions,
): Promise<Showing[]> {
  const shown = new Map<number, SoughtFace[]>();
  for (const { faces } of sought) {
    const seen = new Set<number>();
    for (const one of faces) {
      const { photograph } = one.face;
      if (seen.has(photograph)) continue;
      seen.add(photograph);
      shown.set(photograph, [...(shown.get(photograph) ?? []), one]);
    }
  }
  for (const person of without) for await (const { photograph } of store.faces({ person })) shown.delete(photograph);
  const least = match === "any" ? 1 : sought.length;
  const found = [...shown].flatMap(([photograph, faces]) => (faces.length < least ? [] : [{ photograph, faces }]));
  if (match !== "only") return found;
  const people = new Set(sought.flatMap(({ person }) => person ?? []));
  const faces = new Set(sought.flatMap((one) => one.faces.map(({ face }) => face.id)));
  const isSought = ({ id, person }: GalleryFace) => faces.has(id) || (person !== null && people.has(person));
  const alone: Showing[] = [];
  for (const one of found) {
    const all = await Array.fromAsync(store.faces({ photograph: one.photograph, ignored: false }));
    if (all.every(isSought)) alone.push(one);
  }
  return alone;
}
