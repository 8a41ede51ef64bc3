import * as z from "zod";
import { findPairImages } from "../datasets/lfw-images.ts";
import { type Pair, pairImagePath, selectFolds } from "../datasets/pairs.ts";
import { readPairs } from "../datasets/read-pairs.ts";
import { FaceNetError, reasonOf } from "../errors.ts";
import { lfwProtocol } from "../evaluation/lfw-protocol.ts";
import { codeDistance, squaredL2 } from "../metric/distance.ts";
import { Evaluation } from "../schemas/evaluation.ts";
import { alignedOption, flipOption, lookOptions, modelOptions } from "../schemas/options.ts";
import { defineAnswer } from "./operation.ts";

const numbers = (what: z.ZodNumber) => z.array(what).min(1);

export const evaluate = defineAnswer({
  name: "evaluate",
  summary: "Measures an embedding on a list of pairs by the protocol of Labeled Faces in the Wild",
  positionals: [],
  examples: [
    { command: "facenet evaluate --images lfw/ --pairs pairs.txt", says: "ten folds: accuracy, VAL at FAR, AUC, EER" },
    { command: "facenet evaluate --images lfw/ --pairs pairs.txt --folds 1,2 --json", says: "two folds only, for a quick look" },
  ],
  input: z.strictObject({
    images: z.string().describe("folder that holds NAME/NAME_0001.jpg"),
    pairs: z.string().describe("list of pairs in LFW's format"),
    folds: numbers(z.int().min(1)).optional().describe("folds to use, counted from 1 (default: all)"),
    fars: numbers(z.number().min(0).max(1)).default([1e-2, 1e-3]).describe("false accept rates to give VAL at"),
    compared: z.enum(["bytes", "floats"]).optional().describe("what distances are taken from (default: as the model says)"),
    faces: z.enum(["central", "largest"]).default("central").describe("which face of an image that shows several"),
    ...lookOptions,
    flip: flipOption,
    aligned: alignedOption,
    ...modelOptions,
  }),
  output: Evaluation,
  async run(input, { load, signal, onProgress }) {
    const all = await readPairs(input.pairs);
    const pairs = input.folds ? chosenFolds(all, input.folds) : all;
    const files = await findPairImages(input.images, pairs);
    const facenet = await load(input);
    const compared = input.compared ?? facenet.model.embedding.compared;

    const embedded = new Map<string, Int8Array | Float32Array>();
    const failures: Evaluation["failures"] = [];
    const imagesWithoutFace: string[] = [];
    const paths = [...new Set(files.values())];
    for await (const item of facenet.embed(paths, { ...input, signal, onProgress })) {
      if (item.ok) {
        const embedding = item.value.faces[0]?.embedding;
        if (embedding) embedded.set(item.image, compared === "bytes" ? embedding.code : embedding.vector);
      } else if (item.error.code === "FACE_NOT_FOUND") imagesWithoutFace.push(item.image);
      else failures.push({ image: item.image, code: item.error.code, message: item.error.message });
    }

    const measured = { distances: [] as number[], same: [] as boolean[], fold: [] as number[] };
    const skippedPairs: Evaluation["skippedPairs"] = [];
    for (const { left, right, same, fold } of pairs) {
      const [a, b] = [files.get(pairImagePath(left)), files.get(pairImagePath(right))];
      const [x, y] = [embedded.get(a ?? ""), embedded.get(b ?? "")];
      if (x && y) {
        measured.distances.push(distance(x, y));
        measured.same.push(same);
        measured.fold.push(fold);
      } else {
        const why = (ref: typeof left, file: string | undefined) =>
          file === undefined
            ? `${pairImagePath(ref)}: no such image`
            : `${file}: ${imagesWithoutFace.includes(file) ? "no face found" : "could not be read"}`;
        const reason = x ? why(right, b) : why(left, a);
        skippedPairs.push({ left: pairImagePath(left), right: pairImagePath(right), same, reason });
      }
    }
    const result = protocol(measured, input.fars, input.pairs, skippedPairs.length);
    return {
      pairs: measured.same.length,
      skipped: skippedPairs.length,
      accuracy: result.accuracy,
      val: [...result.val],
      auc: result.auc,
      eer: result.eer,
      threshold: result.threshold,
      model: facenet.model.id,
      detector: facenet.detector.id,
      compared,
      flip: input.flip,
      folds: [...result.folds],
      inSample: result.inSample ?? false,
      images: paths.length,
      imagesWithoutFace,
      failures,
      skippedPairs,
    };
  },
});

function distance(a: Int8Array | Float32Array, b: Int8Array | Float32Array): number {
  return a instanceof Int8Array && b instanceof Int8Array ? codeDistance(a, b) : squaredL2(a, b);
}

function chosenFolds(pairs: readonly Pair[], folds: readonly number[]): Pair[] {
  try {
    return selectFolds([...pairs], folds);
  } catch (error) {
    throw new FaceNetError("OPTION_INVALID", { option: "folds (--folds)", reason: reasonOf(error) }, error);
  }
}

/** The protocol's own complaints say what is wrong with the numbers; here is which list they come from. */
function protocol(measured: Parameters<typeof lfwProtocol>[0], fars: readonly number[], file: string, skipped: number) {
  try {
    return lfwProtocol(measured, { fars });
  } catch (error) {
    throw new FaceNetError(
      "PAIRS_INVALID",
      { file, line: "(all)", reason: `${reasonOf(error)} (${skipped} pairs were skipped)` },
      error,
    );
  }
}
