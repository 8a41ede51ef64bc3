/**
 * Shared by scripts/measure-maps.ts and scripts/measure-harmonic.ts: cached face detection, and LFW between two sets of
 * embeddings.
 */
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { findPairImages, type Pair, pairImagePath, readPairs } from "../src/datasets/pairs.ts";
import { lfwProtocol } from "../src/evaluation/lfw-protocol.ts";
import { FaceNet, type MarkedPhotograph } from "../src/faces/facenet.ts";
import { squaredL2 } from "../src/metric/distance.ts";
import { detectCentral } from "./training-faces.ts";

/** Unit vectors by file. */
export type Embedded = ReadonlyMap<string, Float32Array>;

export type Lfw = {
  readonly files: readonly string[];
  /** Standard protocol with each pair in both directions: one image embedded by `probe`, the other by `gallery`. */
  readonly verify: (probe: Embedded, gallery: Embedded) => VerifiedPairs;
};

export type VerifiedPairs = {
  readonly accuracy: number;
  readonly standardError: number;
  readonly auc: number;
  readonly val: readonly { readonly far: number; readonly val: number; readonly standardError: number }[];
};

export async function openLfw(images: string, pairsFile: string): Promise<Lfw> {
  const pairs = await readPairs(pairsFile);
  const files = await findPairImages(images, pairs);
  return {
    files: [...new Set(files.values())],
    verify: (probe, gallery) => verify(pairs, files, probe, gallery),
  };
}

function verify(pairs: readonly Pair[], files: ReadonlyMap<string, string>, probe: Embedded, gallery: Embedded): VerifiedPairs {
  const measured: { distances: number[]; same: boolean[]; fold: number[] } = { distances: [], same: [], fold: [] };
  for (const { left, right, same, fold } of pairs) {
    const [a, b] = [files.get(pairImagePath(left)) as string, files.get(pairImagePath(right)) as string];
    for (const [x, y] of [
      [a, b],
      [b, a],
    ] as const) {
      const [one, other] = [probe.get(x), gallery.get(y)];
      if (!one || !other) continue;
      measured.distances.push(squaredL2(one, other));
      measured.same.push(same);
      measured.fold.push(fold);
    }
  }
  const { accuracy, auc, val } = lfwProtocol(measured, { fars: [1e-2, 1e-3] });
  const round = (value: number): number => Number(value.toFixed(4));
  return {
    accuracy: round(accuracy.mean),
    standardError: round(accuracy.standardError),
    auc: round(auc),
    val: val.map(({ far, mean, standardError }) => ({ far, val: round(mean), standardError: round(standardError) })),
  };
}

/** Central faces of photographs, detected once and cached in a file. */
export async function markedFaces(file: string, photographs: readonly string[]): Promise<MarkedPhotograph[]> {
  if (existsSync(file)) return JSON.parse(await readFile(file, "utf8")) as MarkedPhotograph[];
  const facenet = await FaceNet.load({ threads: 1 });
  const marks = await detectCentral(facenet, photographs);
  await facenet.dispose();
  await writeFile(file, JSON.stringify(marks));
  return marks;
}

/** Embeddings of photographs with a detected face. */
export async function embedAll(model: string, marks: readonly MarkedPhotograph[]): Promise<Map<string, Float32Array>> {
  const facenet = await FaceNet.load({ model, threads: 1 });
  const vectors = new Map<string, Float32Array>();
  for await (const item of facenet.embedFaces(marks)) {
    const embedding = item.ok ? item.value.faces[0]?.embedding : undefined;
    if (embedding) vectors.set(item.image, embedding.vector);
  }
  await facenet.dispose();
  return vectors;
}

/** Writes docs/results/compatibility/NAME.json, including the machine. */
export async function writeReport(name: string, content: object): Promise<void> {
  const report = new URL(`../docs/results/compatibility/${name}.json`, import.meta.url);
  await mkdir(new URL(".", report), { recursive: true });
  await writeFile(report, `${JSON.stringify({ machine: cpus()[0]?.model.trim(), ...content }, null, 2)}\n`);
}
