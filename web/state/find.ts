/** What is searched for, kept across pages: a picture, or several people. */
import { useEffect, useState } from "preact/hooks";

export type Chosen = { readonly id: number; readonly name: string | null };
export type PeopleQuery = {
  readonly person: readonly Chosen[];
  readonly without: readonly Chosen[];
  readonly match: "all" | "any" | "only";
};

/** A value outside of components, which are rendered again when it changes. */
function createKept<T>(first: T) {
  let value = first;
  const listeners = new Set<() => void>();
  return {
    set(next: T): void {
      value = next;
      for (const listener of listeners) listener();
    },
    use(): T {
      const [shown, show] = useState<T>(value);
      useEffect(() => {
        const listener = () => show(value);
        listeners.add(listener);
        return () => void listeners.delete(listener);
      }, []);
      return shown;
    },
  };
}

export const findPicture = createKept<File | undefined>(undefined);
export const peopleQuery = createKept<PeopleQuery>({ person: [], without: [], match: "all" });
