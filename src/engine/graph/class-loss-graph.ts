/**
 * Graph of classification losses with one or several centres per person: cross-entropy of a softmax over scaled similarities,
 * with a margin that makes the own class harder.
 *
 *     softmax      s (w · x)                          unnormalised weights
 *     cosface      s (cos θ - m) for the own class    Wang et al. 2018, "am-softmax"
 *     arcface      s cos(θ + m)                       Deng et al. 2019; beyond π - m continued as cos θ - m sin m, so that it stays monotone
 *     adaface      s (cos(θ + g) - h)                 Kim et al. 2022; g and h depend on the length of the unnormalised embedding
 *
 * With several sub-centres per class, its similarity is that of the nearest (sub-center ArcFace, Deng et al. 2020).
 * `src/metric/classification-losses.ts` is the slow reference; scripts/torch/check_losses.py compares both with
 * pytorch-metric-learning.
 */
import { GraphBuilder } from "./graph-builder.ts";
import { DataType } from "./onnx-model.ts";

export type ClassLossKind = "softmax" | "cosface" | "arcface" | "adaface";

export type ClassLossOptions = {
  readonly kind: ClassLossKind;
  /** s. */
  readonly scale: number;
  /** m: subtracted from the cosine (cosface), in radians (arcface), or both (adaface); unused by softmax. */
  readonly margin: number;
  /** Centres per class. Default 1. */
  readonly subCentres?: number;
};

/** Keeps the sine in the derivative away from 0. */
const EPSILON = 1e-7;
/** Distance that AdaFace keeps from the ends of cosines and angles (its authors' head.py). */
const ADAFACE_EPSILON = 1e-3;

/**
 * Inputs: `embeddings` [n, size] of unit length, `weights` [classes · subCentres, size], `labels` [n] as floats, `share` = 1 / n.
 * For adaface also `turn` and `drop` [n, 1], from {@link adaptiveMargins}. Outputs: `loss` (mean), `gradient` [n, size],
 * `weightGradient` like the weights, `right` (number of images whose own class is nearest).
 */
export function classLossGraph({ kind, scale, margin, subCentres = 1 }: ClassLossOptions, size: number): Uint8Array {
  const graph = new GraphBuilder();
  const scalar = (value: number) => graph.weight([], [value]);
  const op = (type: string, ...inputs: string[]) => graph.op(type, inputs);
  const over = (type: "ReduceSum" | "ReduceMax", value: string, axis: number) =>
    type === "ReduceSum"
      ? graph.op(type, [value, graph.integers([axis])], { keepdims: 1 })
      : graph.op(type, [value], { axes: [axis], keepdims: 1 });
  const isAngular = kind !== "softmax";

  const lengths = isAngular ? op("Sqrt", over("ReduceSum", op("Mul", "weights", "weights"), 1)) : undefined;
  const directions = lengths === undefined ? "weights" : op("Div", "weights", lengths);
  const products = op("MatMul", "embeddings", graph.op("Transpose", [directions], { perm: [1, 0] })); // [n, classes * K]
  const apart = op("Reshape", products, graph.integers([0, -1, subCentres])); // [n, classes, K]
  const cosines = graph.op("ReduceMax", [apart], { axes: [2], keepdims: 0 }); // [n, classes]
  const classes = graph.op("Gather", [op("Shape", cosines), graph.integers([1])]);
  const indices = graph.op("Cast", ["labels"], { to: DataType.int64 });
  const own = graph.op("OneHot", [indices, op("Squeeze", classes), graph.weight([2], [0, 1])], { axis: 1 });
  const target = over("ReduceSum", op("Mul", cosines, own), 1); // [n, 1]
  const { harder, slope } = hardened();
  const shift = op("Mul", own, op("Sub", harder, target));
  const logits = op("Mul", op("Add", cosines, shift), scalar(scale));
  const largest = over("ReduceMax", logits, 1);
  const powers = op("Exp", op("Sub", logits, largest));
  const total = over("ReduceSum", powers, 1);
  const losses = op("Sub", op("Add", op("Log", total), largest), op("Mul", harder, scalar(scale)));
  graph.op("Mul", [graph.op("ReduceSum", [losses], { keepdims: 0 }), "share"], {}, "loss");
  const hits = graph.op("Cast", [op("GreaterOrEqual", target, over("ReduceMax", cosines, 1))], { to: DataType.float });
  graph.op("ReduceSum", [hits], { keepdims: 0 }, "right");

  // Backward: d loss / d cosine, to the nearest sub-centre, then to both factors of the product.
  const byLogit = op("Mul", op("Sub", op("Div", powers, total), own), op("Mul", "share", scalar(scale)));
  const byCosine = op("Mul", byLogit, op("Add", op("Mul", own, op("Sub", slope, scalar(1))), scalar(1)));
  const column = graph.integers([2]);
  const nearest = graph.op("Cast", [op("Equal", apart, op("Unsqueeze", cosines, column))], { to: DataType.float });
  const byApart = op("Mul", op("Unsqueeze", byCosine, column), nearest);
  const byProduct = op("Reshape", byApart, op("Shape", products));
  graph.op("MatMul", [byProduct, directions], {}, "gradient");
  const across = graph.op("MatMul", [graph.op("Transpose", [byProduct], { perm: [1, 0] }), "embeddings"]);
  if (lengths === undefined) graph.op("Identity", [across], {}, "weightGradient");
  else {
    const along = op("Mul", directions, over("ReduceSum", op("Mul", across, directions), 1));
    graph.op("Div", [op("Sub", across, along), lengths], {}, "weightGradient");
  }
  const rows = ["c", size] as const;
  return graph.build(
    {
      ...{ embeddings: ["n", size], weights: rows, labels: ["n"], share: [] },
      ...(kind === "adaface" && { turn: ["n", 1], drop: ["n", 1] }),
    },
    { loss: [], gradient: ["n", size], weightGradient: rows, right: [] },
  );

  /** Similarity of the own class with margin, and its derivative; both [n, 1]. */
  function hardened(): { harder: string; slope: string } {
    if (kind === "softmax") return { harder: target, slope: scalar(1) };
    if (kind === "cosface") return { harder: op("Sub", target, scalar(margin)), slope: scalar(1) };
    if (kind === "adaface") return turnedByImage();
    const cosine = op("Clip", target, scalar(EPSILON - 1), scalar(1 - EPSILON));
    const sine = op("Sqrt", op("Sub", scalar(1), op("Mul", cosine, cosine)));
    const turned = op("Sub", op("Mul", cosine, scalar(Math.cos(margin))), op("Mul", sine, scalar(Math.sin(margin))));
    const turnedSlope = op("Add", scalar(Math.cos(margin)), op("Div", op("Mul", cosine, scalar(Math.sin(margin))), sine));
    const within = op("GreaterOrEqual", cosine, scalar(Math.cos(Math.PI - margin)));
    const beyond = op("Sub", cosine, scalar(margin * Math.sin(margin)));
    return { harder: op("Where", within, turned, beyond), slope: op("Where", within, turnedSlope, scalar(1)) };
  }

  /** cos(θ + turn) - drop, and its derivative with respect to cos θ: sin(θ + turn) / sin θ, 0 where clipped. */
  function turnedByImage(): { harder: string; slope: string } {
    const [low, high] = [scalar(ADAFACE_EPSILON), scalar(Math.PI - ADAFACE_EPSILON)];
    const cosine = op("Clip", target, scalar(ADAFACE_EPSILON - 1), scalar(1 - ADAFACE_EPSILON));
    const angle = op("Acos", cosine);
    const turned = op("Clip", op("Add", angle, "turn"), low, high);
    const isFree = op("And", op("Equal", cosine, target), op("Equal", turned, op("Add", angle, "turn")));
    const slope = op("Where", isFree, op("Div", op("Sin", turned), op("Sin", angle)), scalar(0));
    return { harder: op("Sub", op("Cos", turned), "drop"), slope };
  }
}

/** Running mean and standard deviation of embedding lengths. */
export type NormStatistics = { readonly mean: number; readonly deviation: number };

/** AdaFace: weight of a new batch in the statistics, and scale of the standardised lengths. */
const [NEW_SHARE, RANGE] = [0.01, 0.333];

/**
 * AdaFace's margins (Kim et al. 2022, section 3.2): images with longer embeddings, which indicate good quality, get an additive
 * margin, shorter ones an angular margin. The authors' code initialises the statistics with 20 and 100; here the first batch
 * does.
 *
 * @param norms [n] lengths of the embeddings before normalisation
 * @returns `turn` [n] added to the angle, `drop` [n] subtracted from the cosine, and the updated statistics
 */
export function adaptiveMargins(
  norms: Float32Array,
  margin: number,
  before: NormStatistics | undefined,
): { turn: Float32Array; drop: Float32Array; statistics: NormStatistics } {
  const lengths = Array.from(norms, (norm) => Math.min(100, Math.max(1e-3, norm)));
  const mean = lengths.reduce((sum, length) => sum + length, 0) / lengths.length;
  const squares = lengths.reduce((sum, length) => sum + (length - mean) ** 2, 0);
  const batch = { mean, deviation: Math.sqrt(squares / Math.max(1, lengths.length - 1)) };
  const running = (old: number, fresh: number): number => NEW_SHARE * fresh + (1 - NEW_SHARE) * old;
  const statistics = before
    ? { mean: running(before.mean, batch.mean), deviation: running(before.deviation, batch.deviation) }
    : batch;
  const scalers = lengths.map((length) => {
    const standardised = (RANGE * (length - statistics.mean)) / (statistics.deviation + ADAFACE_EPSILON);
    return Math.min(1, Math.max(-1, standardised));
  });
  return {
    turn: Float32Array.from(scalers, (scaler) => -margin * scaler),
    drop: Float32Array.from(scalers, (scaler) => margin + margin * scaler),
    statistics,
  };
}
