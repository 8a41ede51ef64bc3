/** Figures of evaluations as CSV: one row per figure, with the same columns for all protocols. */
import type {
  ErrorVersusDiscard,
  Evaluation,
  Interval,
  LabelComparison,
  OperatingPoint,
  Verification,
} from "../schemas/evaluation.ts";
import { csvLine } from "./csv.ts";

const columns = [
  "model",
  "flip",
  "figure",
  "at",
  "value",
  "standard_error",
  "interval_low",
  "interval_high",
  "threshold",
] as const;

type Row = {
  readonly figure: string;
  /** Parameter of the figure: the target false accept rate, the group, or the rank. */
  readonly at?: string | number;
  readonly value: number;
  readonly standardError?: number;
  readonly interval?: Interval | null;
  readonly threshold?: number;
};

/** Numbers are in full precision; missing ones are empty cells. */
export function evaluationCsv(evaluations: readonly Evaluation[]): string {
  const lines = evaluations.flatMap((one) =>
    rowsOf(one).map(({ figure, at = "", value, standardError = "", interval, threshold = "" }) =>
      csvLine([
        one.model,
        String(one.flip),
        figure,
        at,
        value,
        standardError,
        interval?.low ?? "",
        interval?.high ?? "",
        threshold,
      ]),
    ),
  );
  return [csvLine(columns), ...lines].join("");
}

function rowsOf(evaluation: Evaluation): Row[] {
  switch (evaluation.protocol) {
    case "identification":
      return [
        ...evaluation.rates.flatMap(({ fpir, threshold, thresholdFrom, dir, dirInterval, measuredFpir, fpirInterval }) => [
          { figure: `dir_threshold_from_${thresholdFrom}`, at: fpir, value: dir, interval: dirInterval, threshold },
          { figure: `fpir_threshold_from_${thresholdFrom}`, at: fpir, value: measuredFpir, interval: fpirInterval, threshold },
        ]),
        ...evaluation.cmc.map(({ rank, rate }) => ({ figure: "cmc", at: rank, value: rate })),
      ];
    case "clustering": {
      const { pairwise, bCubed, normalizedMutualInformation, clusters, threshold } = evaluation;
      const shares = { pairwise, b_cubed: bCubed };
      return [
        ...Object.entries(shares).flatMap(([name, share]) =>
          Object.entries(share).map(([part, value]) => ({ figure: `${name}_${part}`, value, threshold })),
        ),
        { figure: "normalized_mutual_information", value: normalizedMutualInformation, threshold },
        { figure: "clusters", value: clusters, threshold },
      ];
    }
    default:
      return verificationRows(evaluation);
  }
}

function verificationRows({ accuracy, val, auc, aucInterval, eer, eerInterval, threshold, ...rest }: Verification): Row[] {
  return [
    { figure: "accuracy", value: accuracy.mean, standardError: accuracy.standardError, interval: accuracy.interval, threshold },
    ...val.map((at) => ({
      figure: "val",
      at: at.far,
      value: at.mean,
      standardError: at.standardError,
      interval: at.interval,
      threshold: at.threshold,
    })),
    { figure: "auc", value: auc, interval: aucInterval },
    { figure: "eer", value: eer, interval: eerInterval },
    ...(rest.logLoss === null ? [] : [{ figure: "log_loss", value: rest.logLoss, interval: rest.logLossInterval }]),
    ...(rest.likelihood === null
      ? []
      : [
          { figure: "cllr", value: rest.likelihood.cllr },
          { figure: "cllr_minimum", value: rest.likelihood.cllrMinimum },
          { figure: "expected_calibration_error", value: rest.likelihood.expectedCalibrationError },
        ]),
    ...rest.reliability.map(({ predicted, observed, interval }) => ({
      figure: "reliability",
      at: predicted,
      value: observed,
      interval,
    })),
    ...operatingRows("picked_here", rest.thresholds),
    ...operatingRows("of_model", rest.modelThresholds),
    ...(rest.quality ? discardRows(rest.quality) : []),
    ...rest.groups.flatMap(labelRows),
  ];
}

/** Rows named "sharpness 0.05": measure, and share of pairs discarded. */
function discardRows({ measures, threshold }: ErrorVersusDiscard): Row[] {
  return measures.flatMap(({ measure, points }) =>
    points.flatMap(({ discarded, frr, interval }) =>
      frr === null ? [] : [{ figure: "frr_without_worst", at: `${measure} ${discarded}`, value: frr, interval, threshold }],
    ),
  );
}

/** Labels as "column: label", two of them as "column: label - label". */
function labelRows({ column, threshold, labels, between, worstFar, worstFrr }: LabelComparison): Row[] {
  const rates = [
    ...labels.map((each) => ({ ...each, at: `${column}: ${each.label}` })),
    ...between.map((each) => ({ ...each, at: `${column}: ${each.labels.join(" - ")}` })),
  ];
  const worst = { far: worstFar, frr: worstFrr };
  return [
    ...rates.flatMap(({ at, measuredFar, farInterval, frr, frrInterval }) => [
      ...(measuredFar === null ? [] : [{ figure: "group_far", at, value: measuredFar, interval: farInterval, threshold }]),
      ...(frr === null ? [] : [{ figure: "group_frr", at, value: frr, interval: frrInterval, threshold }]),
    ]),
    ...Object.entries(worst).flatMap(([rate, each]) =>
      each === null
        ? []
        : [
            {
              figure: `worst_${rate}_over_geometric_mean`,
              at: `${column}: ${each.label}`,
              value: each.ratio,
              interval: each.interval,
              threshold,
            },
          ],
    ),
  ];
}

function operatingRows(origin: string, points: readonly OperatingPoint[]): Row[] {
  return points.flatMap(({ far, threshold, val, valInterval, measuredFar, farInterval }) => [
    { figure: `val_threshold_${origin}`, at: far, value: val, interval: valInterval, threshold },
    { figure: `far_threshold_${origin}`, at: far, value: measuredFar, interval: farInterval, threshold },
  ]);
}
