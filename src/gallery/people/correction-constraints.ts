/** Links and rejections of a gallery as clustering constraints. */
import type { Constraints } from "../../clustering/constraints.ts";
import type { GalleryStore } from "../store/gallery-store.ts";

/** @param ids faces to cluster; constraints on others are left out, and rows are indices of this list */
export async function correctionConstraints(
  store: GalleryStore,
  ids: readonly number[],
): Promise<Required<Pick<Constraints, "mustLink" | "cannotLink" | "rejections">>> {
  const rowOf = new Map(ids.map((id, row) => [id, row]));
  const links = (await store.links()).flatMap(({ a, b, kind }) => {
    const [x, y] = [rowOf.get(a), rowOf.get(b)];
    return x === undefined || y === undefined ? [] : [{ pair: [x, y] as const, kind }];
  });
  return {
    mustLink: links.filter(({ kind }) => kind === "must").map(({ pair }) => pair),
    cannotLink: links.filter(({ kind }) => kind === "cannot").map(({ pair }) => pair),
    rejections: (await store.rejections()).flatMap(({ face, person }) => {
      const row = rowOf.get(face);
      return row === undefined ? [] : [{ face: row, person }];
    }),
  };
}
