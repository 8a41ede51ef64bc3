/**
 * Compares probes of one model with a gallery of another: shows whether a new model is compatible with embeddings of an old one,
 * as after training with `--compatible-with` (FaceNet, appendix: harmonic embeddings).
 */
import { FaceNetError } from "../../errors.ts";
import { codeDistance, squaredL2 } from "../../metric/distance.ts";
import { selectRows } from "../../metric/embedding-matrix.ts";
import { selectFaces } from "../face-set.ts";
import type { PairList } from "../verification.ts";
import type { LabelledFaces } from "./labelled-faces.ts";

export type AcrossModels = { readonly loaded: LabelledFaces; readonly distanceOf: (probe: number, gallery: number) => number };

/**
 * Faces embedded by both models, and the distances of probes by one to gallery faces by the other. Thresholds are those of the
 * gallery model.
 *
 * @throws FaceNetError EMBEDDINGS_INCOMPATIBLE for different dimensions; OPTION_INVALID if one model compares bytes, the other
 * floats
 */
export function acrossModels(probe: LabelledFaces, gallery: LabelledFaces): AcrossModels {
  const [left, right] = [probe.model, gallery.model];
  if (left.embedding.size !== right.embedding.size)
    throw new FaceNetError("EMBEDDINGS_INCOMPATIBLE", { left: left.id, right: right.id });
  const rowOf = new Map(gallery.faces.images.map((image, row) => [image, row]));
  const faces = selectFaces(
    probe.faces,
    [...probe.faces.images.keys()].filter((row) => rowOf.has(probe.faces.images[row] as string)),
  );
  const wanted = faces.images.map((image) => rowOf.get(image) as number);
  const [probes, others] = [faces.embeddings, selectRows(gallery.faces.embeddings, wanted)];
  const row = <T extends Int8Array | Float32Array>(rows: T, i: number): T =>
    rows.subarray(i * left.embedding.size, (i + 1) * left.embedding.size) as T;
  const loaded = { ...probe, faces, model: { ...right, id: `${left.id} against ${right.id}` } };
  if (probes.compared === "bytes" && others.compared === "bytes")
    return { loaded, distanceOf: (a, b) => codeDistance(row(probes.rows, a), row(others.rows, b)) };
  if (probes.compared === "floats" && others.compared === "floats")
    return { loaded, distanceOf: (a, b) => squaredL2(row(probes.rows, a), row(others.rows, b)) };
  throw new FaceNetError("OPTION_INVALID", {
    option: "compared",
    reason: "differs between the two models: give bytes or floats",
  });
}

/** Each pair in both directions. */
export function bothWays({ left, right, fold }: PairList): PairList {
  const join = (a: Uint32Array, b: Uint32Array): Uint32Array => {
    const all = new Uint32Array(a.length + b.length);
    all.set(a);
    all.set(b, a.length);
    return all;
  };
  return { left: join(left, right), right: join(right, left), fold: join(fold, fold) };
}
