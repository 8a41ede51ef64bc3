/** Table of faces: text output of detect, align, embed and compare. */
import type { Box, Face } from "../schemas/face.ts";
import type { SinkRequest } from "./command.ts";
import { type RecordSink, recordSink } from "./record-sink.ts";
import { type Column, right, rowFormatter } from "./tables.ts";

/** Longer names shift only their own row to the right. */
const WIDEST_IMAGE = 60;

export const faceColumns: readonly Column[] = [
  right("face"),
  { title: "box", minWidth: "1000,1000 1000x1000".length },
  right("confidence"),
  { title: "size", align: "right", minWidth: "1000 px".length },
  { title: "quality" },
];

/** The cells of {@link faceColumns}. */
export function faceCells({ box, confidence, quality }: Face, index: number): string[] {
  const verdict = quality.acceptable ? "good" : quality.reasons.join("; ");
  return [String(index), boxText(box), confidence.toFixed(3), `${Math.round(quality.sizePx)} px`, verdict];
}

/** Left, top, width and height in whole pixels. */
export function boxText({ x, y, width, height }: Box): string {
  return `${Math.round(x)},${Math.round(y)} ${Math.round(width)}x${Math.round(height)}`;
}

/** Additional column before the quality, which has no fixed width. */
type Extra<F> = { readonly column: Column; readonly cell: (face: F) => string };

/** One line per face, in the order of completion; one for a photograph without faces. Failures are listed at the end. */
export function faceTableSink<F extends Face>(
  request: SinkRequest,
  extra?: Extra<F>,
): RecordSink<{ image: string; faces: readonly F[] }> {
  const widest = Math.max(0, ...request.images.slice(0, 10_000).map((image) => Math.min(image.length, WIDEST_IMAGE)));
  const columns: Column[] = [{ title: "image", minWidth: widest }, ...faceColumns];
  if (extra) columns.splice(-1, 0, extra.column);
  const format = rowFormatter(columns);
  let titled = false;

  return recordSink(request, ({ image, faces }) => {
    const rows = faces.map((face, index) => {
      const cells = [image, ...faceCells(face, index)];
      if (extra) cells.splice(-1, 0, extra.cell(face));
      return format(cells);
    });
    if (rows.length === 0) rows.push(format([image, "-", "no face found"]));
    if (!titled) rows.unshift(request.terminal.style("bold", format(columns.map(({ title }) => title))));
    titled = true;
    return `${rows.join("\n")}\n`;
  });
}
