/** Finds photographs by the people they show: all, any or only the given people, excluding others. */
import type { GalleryFace } from "../../schemas/gallery.ts";
import type { GalleryStore } from "../store/gallery-store.ts";

/** all: everybody sought; any: at least one of them; only: everybody sought and nobody else. */
export const matches = ["all", "any", "only"] as const;

/** @property distance squared L2 to the probe; null for a person sought by name */
export type SoughtFace = { readonly face: GalleryFace; readonly distance: number | null };

/** A person to search for. */
export type Sought = {
  /** null: matches nobody in the gallery */
  readonly person: number | null;
  /** all faces that may be theirs, best first */
  readonly faces: readonly SoughtFace[];
};

/** @property faces the best face of each person found, in the order of the search */
export type Showing = { readonly photograph: number; readonly faces: readonly SoughtFace[] };

export type ShowingOptions = {
  readonly match: (typeof matches)[number];
  /** people who must not be shown */
  readonly without: readonly number[];
};

/** Ignored faces do not count: strangers in the background do not affect `only`. */
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
