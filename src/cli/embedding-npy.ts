/** Embeddings as a NumPy matrix, with a CSV file of row labels. */
import { NPY_HEADER_BYTES, npyHeader, npyRow } from "../files/npy.ts";
import { WholeFile } from "../files/whole-file.ts";
import type { EmbeddedImage } from "../schemas/face.ts";
import { csvLine } from "./csv.ts";
import type { RecordSink } from "./record-sink.ts";

const labelColumns = ["row", "image", "face", "x", "y", "width", "height"];

/** Path of the labels of a matrix. */
export const labelFile = (path: string): string => `${path}.labels.csv`;

/**
 * Writes float32 [faces, dimensions] to `path` and the labels of the rows to `path`.labels.csv. The number of rows is only known
 * at the end, so the header is written last, into reserved space.
 *
 * @throws FaceNetError OUTPUT_NOT_WRITABLE, as does the returned sink
 */
export async function openNpySink(path: string): Promise<RecordSink<EmbeddedImage>> {
  const matrix = await WholeFile.create(path);
  const labels = await WholeFile.create(labelFile(path)).catch(async (error: unknown) => {
    await matrix.discard();
    throw error;
  });
  const discard = async (): Promise<void> => {
    await Promise.all([matrix.discard(), labels.discard()]);
  };
  const headers = [matrix.append(new Uint8Array(NPY_HEADER_BYTES)), labels.append(csvLine(labelColumns))];
  await Promise.all(headers).catch(async (error: unknown) => {
    await discard();
    throw error;
  });
  let [rows, columns] = [0, 0];
  return {
    showsFailures: false,
    async write(item) {
      if (!item.ok) return;
      const { image, faces } = item.value;
      for (const [index, { box, embedding }] of faces.entries()) {
        await matrix.append(npyRow(embedding.vector));
        await labels.append(csvLine([rows, image, index, box.x, box.y, box.width, box.height]));
        columns = embedding.vector.length;
        rows++;
      }
    },
    async finish() {
      await matrix.overwrite(npyHeader(rows, columns), 0);
      await labels.commit();
      await matrix.commit();
    },
    async interrupt() {
      await matrix.overwrite(npyHeader(rows, columns), 0);
      await labels.keepPart();
      return matrix.keepPart();
    },
    discard,
  };
}
