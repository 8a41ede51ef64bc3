/** Names of the people in journal entries. */
import type { Change, CorrectionRecord } from "../../schemas/gallery.ts";
import type { GalleryStore } from "../store/gallery-store.ts";

/** Current names of the people in the given changes, by number. */
export async function namesIn(store: GalleryStore, records: readonly CorrectionRecord[]): Promise<Record<string, string>> {
  const ids = new Set(
    records.flatMap(({ correction, person }) => [...peopleIn(correction), ...(person === null ? [] : [person])]),
  );
  if (ids.size === 0) return {};
  const names = await store.names();
  return Object.fromEntries([...ids].flatMap((id) => (names.get(id) ? [[id, names.get(id) as string]] : [])));
}

function peopleIn(change: Change): number[] {
  switch (change.kind) {
    case "create":
    case "link":
    case "enroll":
    case "ignore":
    case "draw":
    case "cluster":
    case "import":
      return [];
    case "assign":
      return change.person === null ? [] : [change.person];
    case "name":
    case "reject":
    case "split":
    case "hide":
    case "cover":
      return [change.person];
    case "undecided":
      return change.group === undefined ? [change.person] : [change.person, change.group];
    case "merge":
      return [change.into, change.from];
    default:
      change satisfies never;
      throw new TypeError("change of unknown kind");
  }
}
