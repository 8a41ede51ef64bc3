/** A verdict in words. */
import { type ExitCode, exitCodes } from "../errors.ts";
import { verify } from "../operations/verify.ts";
import type { Verdict } from "../schemas/verdict.ts";
import { calibrationText } from "./calibration-text.ts";
import { answerCommand } from "./command.ts";
import { boxText } from "./face-table.ts";
import type { PrintOptions } from "./print-options.ts";
import type { Style } from "./terminal.ts";

const byExitCode = { flags: "--exit-code", description: `exit with ${exitCodes.notVerified} if they are different people` };
export const verifyCommand = answerCommand(verify, { text: verifyText, exitCode: verifyExitCode, options: [byExitCode] });

export function verifyExitCode({ verified }: Verdict, { exitCode }: PrintOptions): ExitCode {
  return exitCode === true && !verified ? exitCodes.notVerified : exitCodes.done;
}

export function verifyText(verdict: Verdict, style: Style): string {
  const { verified, distance, threshold, falseAcceptRate, strangersAsClose, probability, model, calibration, faces } = verdict;
  const sentence = verified ? style("green", "The same person") : style("red", "Different people");
  const lines = [
    `${sentence}: the distance ${distance.toFixed(3)} is ${verified ? "within" : "above"} the threshold ${threshold.toFixed(3)} (squared L2, 0 to 4).`,
    "",
    `threshold    passes ${rateText(falseAcceptRate)} pairs of different people`,
    // rates outside the measured range are given as the nearest one in it
    `this close   are at ${verified ? "most" : "least"} ${rateText(strangersAsClose)} pairs of different people`,
  ];
  if (probability !== null)
    lines.push(`probability  ${percentText(probability)} that they are the same person, if both cases were equally frequent`);
  lines.push(`model        ${model}`, `calibration  ${calibrationText(calibration)}`, "liveness     not assessed");
  for (const { image, box, quality } of faces) {
    const warning = quality.acceptable ? "" : style("yellow", `  ${quality.reasons.join("; ")}`);
    lines.push(`face         ${image}  ${boxText(box)}${warning}`);
  }
  return lines.join("\n");
}

/** A rate in words. @example rateText(0.001) is "1 in 1,000" */
export function rateText(rate: number): string {
  return rate > 0 ? `1 in ${Number((1 / rate).toPrecision(2)).toLocaleString("en")}` : "none of the measured";
}

function percentText(share: number): string {
  const percent = share * 100;
  if (percent > 99.9) return "over 99.9 %";
  return percent < 0.1 ? "under 0.1 %" : `${percent.toFixed(1)} %`;
}
