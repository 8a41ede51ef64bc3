/** A list of pairs on embedded faces: which pairs can be measured, and why the others cannot. */
import { type Pair, pairImagePath } from "../../datasets/pairs.ts";
import type { Verification } from "../../schemas/evaluation.ts";
import { type PairList, pairListOf } from "../verification.ts";
import type { LabelledFaces } from "./labelled-faces.ts";

export type MatchedPairs = { readonly list: PairList; readonly skippedPairs: Verification["skippedPairs"] };

/**
 * @param files path of each image by its {@link pairImagePath}; those that are not there are missing
 */
export function matchPairs(
  pairs: readonly Pair[],
  files: ReadonlyMap<string, string>,
  { faces, imagesWithoutFace }: Pick<LabelledFaces, "faces" | "imagesWithoutFace">,
): MatchedPairs {
  const rowOf = new Map(faces.images.map((image, row) => [image, row]));
  const withoutFace = new Set(imagesWithoutFace);
  const why = (ref: Pair["left"], file: string | undefined): string =>
    file === undefined
      ? `${pairImagePath(ref)}: no such image`
      : `${file}: ${withoutFace.has(file) ? "no face found" : "could not be read"}`;
  const rows: [left: number, right: number, fold: number][] = [];
  const skippedPairs: Verification["skippedPairs"] = [];
  for (const { left, right, same, fold } of pairs) {
    const [a, b] = [files.get(pairImagePath(left)), files.get(pairImagePath(right))];
    const [x, y] = [rowOf.get(a ?? ""), rowOf.get(b ?? "")];
    if (x !== undefined && y !== undefined) rows.push([x, y, fold]);
    else {
      const reason = x === undefined ? why(left, a) : why(right, b);
      skippedPairs.push({ left: pairImagePath(left), right: pairImagePath(right), same, reason });
    }
  }
  return { list: pairListOf(rows), skippedPairs };
}
