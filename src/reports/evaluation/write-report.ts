/** The files that an evaluation writes for people: a page, and its plots for other documents. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { FaceNetError, reasonOf } from "../../errors.ts";
import { WholeFile, writeWhole } from "../../files/whole-file.ts";
import { encodeSvgAsPng } from "../../image/encode.ts";
import type { ModelComparison } from "../../schemas/model-comparison.ts";
import type { EmbeddingManifest } from "../../schemas/model-manifest.ts";

export const reportOptions = {
  report: z
    .string()
    .min(1)
    .optional()
    .describe("HTML file to write: figures, curves, thresholds, the worst errors with their faces"),
  withoutPhotographs: z.boolean().default(false).describe("a report that shows no faces, to be given to others"),
  plots: z.string().min(1).optional().describe("folder to write the plots to, as SVG and PNG"),
};

type ReportOptions = z.output<z.ZodObject<typeof reportOptions>> & { readonly maxPixels: number };

export type OpenReport = {
  readonly write: (comparison: ModelComparison, cards: readonly (EmbeddingManifest | null)[], dataset: string) => Promise<void>;
  /** Leaves nothing behind of a report that was not written whole. */
  readonly close: () => Promise<void>;
};

/**
 * Sees that the files can be written before the long work begins.
 *
 * @throws FaceNetError OUTPUT_NOT_WRITABLE
 */
export async function openReport(
  { report, plots, withoutPhotographs, maxPixels }: ReportOptions,
  signal: AbortSignal,
): Promise<OpenReport> {
  if (plots !== undefined) await makeFolder(plots);
  const file = report === undefined ? undefined : await WholeFile.create(report);
  let written = false;
  return {
    async write({ evaluations, comparisons }, cards, dataset) {
      // Plots take half a second to load: only who wants them waits.
      const { evaluationPlots, isVerification } = await import("./evaluation-plots.ts");
      if (plots !== undefined) {
        for (const { name, svg } of evaluationPlots(evaluations, dataset)) {
          await writeWhole(join(plots, `${name}.svg`), svg);
          await writeWhole(join(plots, `${name}.png`), await encodeSvgAsPng(svg));
        }
      }
      if (file === undefined) return;
      const { errorThumbnails } = await import("./error-thumbnails.ts");
      const { evaluationReport } = await import("./evaluation-report.ts");
      const shown = withoutPhotographs ? [] : evaluations.filter(isVerification);
      const thumbnails = await errorThumbnails(shown, { maxPixels, signal });
      const known = cards.filter((card) => card !== null);
      await file.append(evaluationReport({ evaluations, comparisons, cards: known, dataset, thumbnails }));
      await file.commit();
      written = true;
    },
    async close() {
      if (!written) await file?.discard();
    },
  };
}

async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw new FaceNetError("OUTPUT_NOT_WRITABLE", { file: folder, reason: reasonOf(error) }, error);
  });
}
