/** Distances between faces as a matrix, with a legend of the faces. */
import { type ExitCode, exitCodes } from "../errors.ts";
import { compare } from "../operations/compare.ts";
import type { Comparison } from "../schemas/verdict.ts";
import { calibrationText } from "./calibration-text.ts";
import { answerCommand } from "./command.ts";
import { exitCodeOfBatch } from "./exit-codes.ts";
import { faceCells, faceColumns } from "./face-table.ts";
import type { Outcome } from "./outcome.ts";
import { right, tableLines } from "./tables.ts";
import type { Style } from "./terminal.ts";
import { rateText } from "./verify-text.ts";

export const compareCommand = answerCommand(compare, { text: compareText, outcome: compareOutcome, exitCode: compareExitCode });

export function compareText(result: Comparison, style: Style): string {
  const { faces, distances, threshold, falseAcceptRate, calibration } = result;
  const sections: string[][] = [];
  if (faces.length === 0) sections.push(["No face found."]);
  else {
    const legend = faces.map((face, i) => [String(i + 1), face.image, ...faceCells(face, face.index)]);
    sections.push(tableLines([right("no"), "image", ...faceColumns], legend));
    sections.push(matrixLines(distances, threshold, style));
    sections.push([
      `* ${threshold.toFixed(3)} or below (squared L2): same person; passes ${rateText(falseAcceptRate)} pairs of different people`,
      `  calibration: ${calibrationText(calibration)}`,
    ]);
  }
  return sections.map((lines) => lines.join("\n")).join("\n\n");
}

export function compareOutcome(result: Comparison): Outcome {
  return {
    done: new Set(result.faces.map(({ image }) => image)).size,
    skipped: { "without a face": result.withoutFace.length },
    failures: result.failures,
  };
}

/** 0: all compared; 1: some photographs failed; if none has a face, the code of the reason. */
export function compareExitCode({ faces, failures }: Comparison): ExitCode {
  if (faces.length > 0) return failures.length > 0 ? exitCodes.someFailed : exitCodes.done;
  return failures.length > 0 ? exitCodeOfBatch(0, failures) : exitCodes.faceCount;
}

function matrixLines(distances: Comparison["distances"], threshold: number, style: Style): string[] {
  const columns = [right(""), ...distances.map((_, i) => right(`${i + 1} `))];
  const rows = distances.map((row, i) => {
    const cells = row.map((distance, j) => (i === j ? "- " : `${distance.toFixed(3)}${distance <= threshold ? "*" : " "}`));
    return [String(i + 1), ...cells];
  });
  return tableLines(columns, rows).map((line) => line.replace(/\d\.\d{3}\*/g, (marked) => style("green", marked)));
}
