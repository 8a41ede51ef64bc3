/**
 * From photographs by person to the cut-outs that training reads: each face detected, aligned and written once, in a folder with a
 * sub-folder for each person again. What is there already is not made again.
 */
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { openFaceFolder } from "../../datasets/face-folder.ts";
import type { FaceImages } from "../../datasets/face-images.ts";
import { FaceNetError, reasonOf } from "../../errors.ts";
import { encodePng } from "../../image/encode.ts";
import type { FaceNet, LookOptions } from "../../pipeline/facenet.ts";
import type { RgbImage } from "../../schemas/pixels.ts";
import type { TrainingCutOut } from "./cut-out.ts";

export type PreparedFaces = {
  /** The cut-outs. */
  readonly faces: FaceImages;
  /** Photographs without a usable face, or that could not be read. */
  readonly skipped: readonly { readonly image: string; readonly code: string; readonly message: string }[];
};

export type PrepareOptions = LookOptions & {
  readonly cutOut: TrainingCutOut;
  /** Where cut-outs go. */
  readonly folder: string;
  /** Loads the detector, when there is anything to cut out. */
  readonly load: () => Promise<FaceNet>;
};

type Skipped = PreparedFaces["skipped"][number];
type Record = { readonly cutOut: TrainingCutOut; readonly skipped: Readonly<{ [photograph: string]: Skipped }> };

/**
 * @param photographs of one person a folder; in a photograph of several people the central face is taken
 * @throws FaceNetError OUTPUT_NOT_WRITABLE; the signal's reason
 */
export async function prepareFaces(
  photographs: FaceImages,
  { cutOut, folder, load, signal, ...options }: PrepareOptions,
): Promise<PreparedFaces> {
  const recordFile = join(folder, "faces.json");
  const record = await readRecord(recordFile, cutOut);
  if (!record) await rm(folder, { recursive: true, force: true }); // of another network
  const skipped: { [photograph: string]: Skipped } = { ...record?.skipped };

  const targets = new Map<string, string>();
  for (const [person, images] of photographs.imagesOfPeople.entries()) {
    const name = photographs.people[person] as string;
    for (const image of images) {
      const { file } = photographs.images[image] as { file: string };
      const within = relative(join(photographs.name, name), file).replaceAll(/[/\\]/g, "__");
      targets.set(file, join(folder, name, `${within}.png`));
    }
  }
  const known = new Set(
    await openFaceFolder(folder).then(
      ({ images }) => images.map(({ file }) => file),
      () => [],
    ),
  );
  const wanted = [...targets].filter(([file, target]) => !known.has(target) && !skipped[file]).map(([file]) => file);
  if (wanted.length > 0) {
    await orNotWritable(folder, () => mkdir(folder, { recursive: true }));
    const facenet = await load();
    const saveRecord = () => writeWhole(recordFile, JSON.stringify({ cutOut, skipped } satisfies Record));
    await saveRecord();
    const shape = { alignment: cutOut.alignment, size: cutOut.width, height: cutOut.height };
    try {
      for await (const item of facenet.align(wanted, { ...options, faces: "central", cutOut: shape, signal })) {
        const crop = item.ok ? item.value.faces[0]?.crop : undefined;
        if (crop) await writeCrop(targets.get(item.image) as string, crop);
        else if (!item.ok) skipped[item.image] = { image: item.image, code: item.error.code, message: item.error.message };
      }
    } finally {
      await saveRecord();
    }
  }
  const faces = await openFaceFolder(folder);
  return { faces, skipped: Object.values(skipped) };
}

/** What was noted of cut-outs of this kind; undefined where there are none, or of another. */
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

/** Written beside its place and renamed: a run that is killed leaves no half picture. */
async function writeWhole(file: string, data: Uint8Array | string): Promise<void> {
  await orNotWritable(file, async () => {
    await writeFile(`${file}.part`, data);
    await rename(`${file}.part`, file);
  });
}

async function orNotWritable<T>(file: string, work: () => Promise<T>): Promise<T> {
  return work().catch((error: unknown) => {
    const reason = (error as NodeJS.ErrnoException).code ?? reasonOf(error);
    throw new FaceNetError("OUTPUT_NOT_WRITABLE", { file, reason }, error);
  });
}
