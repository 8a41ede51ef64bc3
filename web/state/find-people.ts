/** People chosen in the search by several people; kept across pages. */
import { useEffect, useState } from "preact/hooks";

export type Chosen = { readonly id: number; readonly name: string | null };
export type PeopleQuery = {
  readonly person: readonly Chosen[];
  readonly without: readonly Chosen[];
  readonly match: "all" | "any" | "only";
};

let query: PeopleQuery = { person: [], without: [], match: "all" };

export function usePeopleQuery(): [PeopleQuery, (change: Partial<PeopleQuery>) => void] {
  const [shown, show] = useState(query);
  useEffect(() => show(query), []);
  return [
    shown,
    (change) => {
      query = { ...query, ...change };
      show(query);
    },
  ];
}
