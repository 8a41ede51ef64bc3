/** Embeddings as comma-separated values: one row per face. */
import type { BatchItem } from "../faces/batch.ts";
import type { EmbeddedImage } from "../schemas/face.ts";
import { csvLine } from "./csv.ts";

const columns = ["image", "face", "x", "y", "width", "height", "confidence", "model"];

/** CSV rows of each photograph, after a header line; `v0` to `vN` are the vector's components. */
export function embeddingCsv(): (item: BatchItem<EmbeddedImage>) => string {
  let titled = false;
  return (item) => {
    if (!item.ok) return "";
    const { image, faces } = item.value;
    const rows = faces.map(({ box, confidence, embedding }, index) => {
      const { x, y, width, height } = box;
      return csvLine([image, index, x, y, width, height, confidence, embedding.model, ...embedding.vector]);
    });
    const [first] = faces;
    if (!titled && first) {
      titled = true;
      rows.unshift(csvLine([...columns, ...Array.from(first.embedding.vector, (_, i) => `v${i}`)]));
    }
    return rows.join("");
  };
}
