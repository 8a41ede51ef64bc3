/** Writes docs/accuracy.md from the figures in the shipped manifests: `node scripts/update-accuracy-docs.ts`. */
import { writeFile } from "node:fs/promises";
import { readCatalogue } from "../src/models/model-store.ts";
import type { EmbeddingManifest } from "../src/schemas/model-manifest.ts";

const percent = (value: number | undefined) => ((value ?? 0) * 100).toFixed(2);

export async function accuracyPage(): Promise<string> {
  const { models } = await readCatalogue();
  const embedders = models.filter((model): model is EmbeddingManifest => model.task === "embedding");
  const rows = embedders.flatMap(({ id, embedding, measured }) =>
    measured.map(({ accuracy, standardError, val, flipped, bytes }) => {
      const at = (far: number) => val.find((row) => row.far === far);
      const form = bytes === embedding.size ? `${embedding.size} bytes` : `${embedding.size} floats`;
      const [one, two] = [at(1e-2), at(1e-3)];
      return `| \`${id}\` | ${form} | ${flipped ? "added" : "no"} | ${percent(accuracy)} ± ${percent(standardError)} | ${percent(one?.mean)} ± ${percent(one?.standardError)} | ${percent(two?.mean)} ± ${percent(two?.standardError)} |`;
    }),
  );
  const thresholds = embedders.map(({ id, thresholds: list, calibratedOn }) => {
    const at = (far: number) => list.find((row) => row.far === far)?.distance.toFixed(3);
    return `| \`${id}\` | ${at(1e-2)} | ${at(1e-3)} | ${at(1e-4)} | ${at(1e-5)} | ${calibratedOn} |`;
  });
  return `# Accuracy

Written by \`node scripts/update-accuracy-docs.ts\` from the figures in the models' manifests, which \`scripts/measure-models.ts\`
measured. ${embedders[0]?.measured[0]?.dataset.replace(/^LFW, /, "Labeled Faces in the Wild: ")}.

## Labeled Faces in the Wild

The deep-funneled images with our own detection and alignment, standard protocol: ten folds, threshold from the
other nine, mean and standard error of the mean over folds; VAL is the share of genuine pairs accepted at the threshold that
gives the false accept rate on the other folds (a pair is accepted at distance <= threshold). A face was found in every image.
In images with several faces the reference implementation's rule selects one: area minus twice the squared offset from the
centre.

| model | compared as | mirrored face | accuracy, % | VAL at FAR 1e-2, % | VAL at FAR 1e-3, % |
|---|---|---|---|---|---|
${rows.join("\n")}

A fold has 300 impostor pairs, so FAR 1e-3 depends on three pairs in all ten folds: read that column with care.
We trained none of these networks on LFW; the training data of the MobileFaceNet backbones is unknown
([models](models.md)).

\`\`\`
facenet evaluate --images lfw/images --pairs lfw/pairs.txt
facenet evaluate --images lfw/images --pairs lfw/pairs.txt --model mobilefacenet.faceplugin-512
\`\`\`

## Thresholds

Squared L2 distances for target false accept rates, measured on all pairs of training faces, never on LFW.

| model | FAR 1e-2 | FAR 1e-3 | FAR 1e-4 | FAR 1e-5 | measured on |
|---|---|---|---|---|---|
${thresholds.join("\n")}

Impostor pairs are farther apart on LFW than in these sets, so the same thresholds accept fewer of them there.
`;
}

if (import.meta.main) await writeFile(new URL("../docs/accuracy.md", import.meta.url), await accuracyPage());
