/** Writes the files of an evaluation for readers: the HTML report and its plots. */
import { join } from "node:path";
import * as z from "zod";
import { makeFolder, WholeFile, writeWhole } from "../../files/whole-file.ts";
import { decodeImage } from "../../image/decode.ts";
import { encodeSvgAsPng, jpegUri } from "../../image/encode.ts";
import { faceThumbnail } from "../../image/face-thumbnail.ts";
import type { ModelComparison, Verification } from "../../schemas/evaluation.ts";
import type { EmbeddingManifest } from "../../schemas/model-manifest.ts";
import { outputFile } from "../../schemas/options.ts";
import { faceKey } from "./report-table.ts";

export const reportOptions = {
  report: outputFile.optional().describe("HTML file to write: figures, curves, thresholds, the worst errors with their faces"),
  withoutPhotographs: z.boolean().default(false).describe("leave faces out of the report, so that it can be shared"),
  plots: z.string().min(1).optional().describe("folder to write the plots to, as SVG and PNG"),
};

type ReportOptions = z.output<z.ZodObject<typeof reportOptions>> & {
  /** folder of the images */
  readonly images?: string | undefined;
  readonly maxPixels: number;
};

export type OpenReport = {
  readonly write: (comparison: ModelComparison, cards: readonly (EmbeddingManifest | null)[], dataset: string) => Promise<void>;
  /** Deletes a report that was not written completely. */
  readonly close: () => Promise<void>;
};

/**
 * Checks that the files can be written before the long computation starts.
 *
 * @throws FaceNetError OUTPUT_NOT_WRITABLE
 */
export async function openReport(
  { report, plots, withoutPhotographs, images: folder, maxPixels }: ReportOptions,
  signal: AbortSignal,
): Promise<OpenReport> {
  if (plots !== undefined) await makeFolder(plots);
  const file = report === undefined ? undefined : await WholeFile.create(report);
  let written = false;
  return {
    async write({ evaluations, comparisons }, cards, dataset) {
      // The plot library takes half a second to load; it is loaded only when needed.
      const { evaluationPlots, isVerification } = await import("./evaluation-plots.ts");
      if (plots !== undefined) {
        for (const { name, svg } of evaluationPlots(evaluations, dataset)) {
          await writeWhole(join(plots, `${name}.svg`), svg);
          await writeWhole(join(plots, `${name}.png`), await encodeSvgAsPng(svg));
        }
      }
      if (file === undefined) return;
      const { evaluationReport } = await import("./evaluation-report.ts");
      const shown = withoutPhotographs ? [] : evaluations.filter(isVerification);
      const thumbnails = await errorThumbnails(shown, { maxPixels, signal });
      const known = cards.filter((card) => card !== null);
      await file.append(evaluationReport({ evaluations, comparisons, cards: known, dataset, folder, thumbnails }));
      await file.commit();
      written = true;
    },
    async close() {
      if (!written) await file?.discard();
    },
  };
}

/** Side of a thumbnail; displayed at half the size, for dense screens. */
const SIDE_PX = 192;

/**
 * Data URIs by {@link faceKey}. Each image is decoded once, one at a time; an image that cannot be decoded is left out, and the
 * report only names it.
 */
export async function errorThumbnails(
  evaluations: readonly Pick<Verification, "worst">[],
  { maxPixels, signal }: { readonly maxPixels: number; readonly signal: AbortSignal },
): Promise<Map<string, string>> {
  const pairs = evaluations.flatMap(({ worst }) => [...worst.falseAccepts, ...worst.falseRejects]);
  const shown = pairs.flatMap(({ left, right }) => [left, right]);
  const thumbnails = new Map<string, string>();
  for (const [image, faces] of Map.groupBy(shown, (face) => face.image)) {
    signal.throwIfAborted();
    const pixels = await decodeImage(image, { maxPixels }).catch(() => undefined);
    if (pixels === undefined) continue;
    for (const face of faces) {
      if (thumbnails.has(faceKey(face))) continue;
      const jpeg = await faceThumbnail(pixels, face.box, { sidePx: SIDE_PX });
      thumbnails.set(faceKey(face), jpegUri(jpeg));
    }
  }
  return thumbnails;
}
