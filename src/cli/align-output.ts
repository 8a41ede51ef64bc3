/** Writes aligned faces as PNG files, with records of their origin. */
import { readFile } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import { FaceNetError } from "../errors.ts";
import { makeFolder, writeWhole } from "../files/whole-file.ts";
import { encodePng } from "../image/encode.ts";
import { align } from "../operations/align.ts";
import type { AlignedImage, Face } from "../schemas/face.ts";
import { type SinkRequest, streamCommand } from "./command.ts";
import { faceTableSink } from "./face-table.ts";
import type { PrintOption } from "./print-options.ts";
import type { RecordSink } from "./record-sink.ts";

const output: PrintOption = {
  flags: "--output <folder>",
  description: "where to write NAME_0.png, NAME_1.png and so on; created if missing",
  writes: "folder",
};
export const alignCommand = streamCommand(align, { open: openSink, options: [output] });

/** A record with the file instead of the pixels. */
type WrittenFace = Face & { readonly crop: { readonly file: string; readonly width: number; readonly height: number } };

/** @throws FaceNetError OPTION_INVALID without --output; OUTPUT_NOT_WRITABLE, OUTPUT_EXISTS */
async function openSink(request: SinkRequest): Promise<RecordSink<AlignedImage>> {
  const { options } = request;
  const folder = options.output;
  if (folder === undefined)
    throw new FaceNetError("OPTION_INVALID", { option: "--output", reason: "name the folder to write faces to" });
  const file = {
    column: { title: "file", minWidth: folder.length + "/photograph_0.png".length },
    cell: ({ crop }: WrittenFace) => crop.file,
  };
  const records = faceTableSink<WrittenFace>(request, file);
  const stems = new UniqueStems();
  return {
    ...records,
    async write(item) {
      if (!item.ok) return records.write(item);
      const stem = stems.next(item.image);
      if (item.value.faces.length > 0) await makeFolder(folder); // created with the first face, so that a failed run leaves nothing
      const faces: WrittenFace[] = [];
      for (const [index, { crop, ...face }] of item.value.faces.entries()) {
        const path = join(folder, `${stem}_${index}.png`);
        await write(path, await encodePng(crop), options.force === true);
        faces.push({ ...face, crop: { file: path, width: crop.width, height: crop.height } });
      }
      await records.write({ ...item, value: { ...item.value, faces } });
    },
  };
}

/** Keeps an identical file of an earlier run. @throws FaceNetError OUTPUT_EXISTS */
async function write(path: string, png: Buffer, force: boolean): Promise<void> {
  const before = await readFile(path).catch(() => undefined);
  if (before?.equals(png)) return;
  if (before && !force) throw new FaceNetError("OUTPUT_EXISTS", { file: path });
  await writeWhole(path, png);
}

/** Unique file names without folder and extension: photographs of the same name from several folders get "-2" and so on. */
export class UniqueStems {
  readonly #taken = new Set<string>();

  next(image: string): string {
    const stem = basename(image, extname(image));
    let unique = stem;
    for (let count = 2; this.#taken.has(unique.toLowerCase()); count++) unique = `${stem}-${count}`;
    this.#taken.add(unique.toLowerCase());
    return unique;
  }
}
