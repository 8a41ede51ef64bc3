/**
 * Overhead of an evaluation: `facenet evaluate` on the pairs of one LFW fold, against only embedding the same images, with the
 * same preloaded models.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { findPairImages, readPairs, selectFolds } from "../src/datasets/pairs.ts";
import { FaceNet } from "../src/faces/facenet.ts";
import { borrowGallery } from "../src/gallery/access/borrow-gallery.ts";
import { evaluate } from "../src/operations/evaluate.ts";
import { type Bench, race, speedOf, spreadOf } from "./measure.ts";

const FOLD = 1;
/** Minimum share of the engine's time in the evaluation's: 1 / 1.15. */
const SHARE = 1 / 1.15;

export const evaluation: Bench = async ({ data }) => {
  const lfw = data && join(data, "lfw");
  if (!lfw || !existsSync(join(lfw, "pairs.txt"))) return { skipped: "FACENET_DATA names no folder with lfw/pairs.txt" };
  const [images, list] = [join(lfw, "images"), join(lfw, "pairs.txt")];
  const files = await findPairImages(images, selectFolds(await readPairs(list), [FOLD]));
  const paths = [...new Set(files.values())];
  const facenet = await FaceNet.load();
  const context = { load: async () => facenet, borrowGallery, signal: new AbortController().signal, onProgress: () => undefined };
  const engine = async (): Promise<void> => {
    for await (const item of facenet.embed(paths, { faces: "central" })) if (!item.ok) throw item.error;
  };
  const whole = () => evaluate.run(evaluate.input.parse({ images, pairs: list, folds: [FOLD] }), context);
  const lapsOf = await race({ engine, whole }, { warmUps: 0, rounds: 4 });
  await facenet.dispose();
  const seconds = (name: string) => spreadOf(lapsOf(name).map((ms) => ms / 1000));
  return [
    { name: `embedding ${paths.length} images of LFW`, unit: "s", value: seconds("engine") },
    {
      name: "facenet evaluate on their pairs, with intervals",
      unit: "s",
      value: seconds("whole"),
      speed: { times: speedOf(lapsOf("whole"), lapsOf("engine")), as: "the images embedded and nothing else" },
      target: { of: "speed", limit: "at least", number: SHARE },
    },
  ];
};
