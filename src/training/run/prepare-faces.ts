/**
 * Prepares training faces from photographs by person: each face is detected, aligned and written once, into a folder with a
 * sub-folder per person. Existing crops are reused.
 */

import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { type FaceImages, type ImagePlace, imageSources, placeName } from "../../datasets/face-images.ts";
import { openFaceFolder } from "../../datasets/person-folders.ts";
import { failureOf } from "../../errors.ts";
import { ARCFACE_SIDE, arcfaceTemplate } from "../../faces/alignment/arcface-template.ts";
import type { FaceNet, LookOptions } from "../../faces/facenet.ts";
import { orNotWritable, writeWhole } from "../../files/whole-file.ts";
import { encodePng } from "../../image/encode.ts";
import type { ImageFailure } from "../../schemas/failure.ts";
import type { RgbImage } from "../../schemas/image-source.ts";
import type { Alignment } from "../../schemas/model-manifest.ts";

export type PreparedFaces = {
  /** The face crops. */
  readonly faces: FaceImages;
  /** Photograph from which a face was cropped; for pre-cropped faces, the face itself. */
  readonly photographOf: (face: ImagePlace) => ImagePlace;
  /** Photographs without a usable face, or that could not be read. */
  readonly skipped: readonly ImageFailure[];
};

export type PrepareOptions = LookOptions & {
  readonly cutOut: TrainingCutOut;
  /** Output folder of the crops. */
  readonly folder: string;
  /** Loads the detector; called only if there is something to crop. */
  readonly load: () => Promise<FaceNet>;
};

type Skipped = PreparedFaces["skipped"][number];
type Record = { readonly cutOut: TrainingCutOut; readonly skipped: Readonly<{ [photograph: string]: Skipped }> };

/**
 * @param photographs one folder per person; in a photograph of several people, the central face is used
 * @throws FaceNetError OUTPUT_NOT_WRITABLE; the signal's reason
 */
export async function prepareFaces(
  photographs: FaceImages,
  { cutOut, folder, load, signal, ...options }: PrepareOptions,
): Promise<PreparedFaces> {
  const recordFile = join(folder, "faces.json");
  const record = await readRecord(recordFile, cutOut);
  if (!record) await empty(folder); // crops for a different network
  const skipped: { [photograph: string]: Skipped } = { ...record?.skipped };

  const targets = photographs.people.flatMap((person, index) =>
    (photographs.imagesOfPeople[index] as readonly number[]).map((image) => {
      const place = photographs.images[image] as ImagePlace;
      return { place, name: placeName(place), target: targetOf(place, person, photographs.name, folder) };
    }),
  );
  const known = new Set(
    await openFaceFolder(folder).then(
      ({ images }) => images.map(({ file }) => file),
      () => [],
    ),
  );
  const wanted = targets.filter(({ name, target }) => !known.has(target) && !skipped[name]);
  if (wanted.length > 0) {
    await orNotWritable(folder, () => mkdir(folder, { recursive: true }));
    const facenet = await load();
    const saveRecord = () => writeWhole(recordFile, JSON.stringify({ cutOut, skipped } satisfies Record));
    await saveRecord();
    const shape = { alignment: cutOut.alignment, size: cutOut.width, height: cutOut.height };
    try {
      const sources = imageSources(wanted.map(({ place }) => place));
      for await (const item of facenet.align(sources, { ...options, faces: "central", cutOut: shape, signal })) {
        const { name, target } = wanted[item.index] as (typeof wanted)[number];
        const crop = item.ok ? item.value.faces[0]?.crop : undefined;
        if (crop) await writeCrop(target, crop);
        else if (!item.ok) skipped[name] = { image: name, ...failureOf(item.error) };
      }
    } finally {
      await saveRecord();
    }
  }
  const faces = await openFaceFolder(folder);
  const sources = new Map(targets.map(({ target, place }) => [target, place]));
  return { faces, photographOf: (face) => sources.get(face.file) ?? face, skipped: Object.values(skipped) };
}

/** Path of a crop: a folder per person, and a file named after the photograph's path. */
function targetOf({ file, part }: ImagePlace, person: string, set: string, folder: string): string {
  const path = part ? join(basename(file, ".tar"), part.name) : relative(join(set, person), file);
  const flat = (text: string): string => text.replaceAll(/[/\\]/g, "__");
  return join(folder, /^\.+$/.test(person) ? `_${person}` : flat(person), `${flat(path)}.png`);
}

/** Keeps the folder itself, which may be a link to one shared by several runs. */
async function empty(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) await rm(join(folder, name), { recursive: true, force: true });
}

/** Record of existing crops of this kind; undefined if there are none, or of a different kind. */
async function readRecord(file: string, cutOut: TrainingCutOut): Promise<Record | undefined> {
  const record = await readFile(file, "utf8").then(
    (text) => JSON.parse(text) as Record,
    () => undefined,
  );
  return record && JSON.stringify(record.cutOut) === JSON.stringify(cutOut) ? record : undefined;
}

async function writeCrop(target: string, crop: RgbImage): Promise<void> {
  const bytes = await encodePng(crop);
  await orNotWritable(target, () => mkdir(dirname(target), { recursive: true }));
  await writeWhole(target, bytes);
}

export type Size = { readonly width: number; readonly height: number };

/** Border of a crop on each side, relative to the network's input: the range of shifts in `augmentFace`. */
const BORDER = 0.09;

/** Alignment of a network's input: ArcFace's five points, scaled to the shorter side and centred. */
export function alignmentOf({ width, height }: Size): SimilarityAlignment {
  const side = Math.min(width, height);
  const scale = side / ARCFACE_SIDE;
  const place = (value: number, whole: number): number => (value + 0.5) * scale + (whole - side) / 2 - 0.5;
  const template = arcfaceTemplate.map(([x, y]) => [place(x, width), place(y, height)]);
  return { kind: "similarity", template: template as unknown as SimilarityAlignment["template"] };
}

type SimilarityAlignment = Extract<Alignment, { kind: "similarity" }>;

/** Crop for training a network with the given input size. */
export type TrainingCutOut = Size & {
  readonly alignment: SimilarityAlignment;
  /** Share of the crop's sides that is border. */
  readonly border: number;
};

/** @param alignment of the network's images */
export function trainingCutOut({ width, height }: Size, alignment = alignmentOf({ width, height })): TrainingCutOut {
  const border = { width: Math.ceil(BORDER * width), height: Math.ceil(BORDER * height) };
  const template = alignment.template.map(([x, y]) => [x + border.width, y + border.height]);
  return {
    width: width + 2 * border.width,
    height: height + 2 * border.height,
    alignment: { kind: "similarity", template: template as unknown as SimilarityAlignment["template"] },
    border: border.width / (width + 2 * border.width),
  };
}
