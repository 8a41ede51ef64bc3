/**
 * Faces for measuring clustering: the central face of every picture in a folder with one sub-folder per person, as bytes. Cached
 * in a file, because embedding takes minutes.
 */
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { FaceNet } from "../src/faces/facenet.ts";

export type LabelledFaces = {
  readonly size: number;
  readonly dimensions: number;
  /** [size] name of the person. */
  readonly people: readonly string[];
  /** [size] 1 if the picture's quality is acceptable. */
  readonly acceptable: Uint8Array;
  /** [size] of [dimensions] bytes */
  readonly codes: readonly Int8Array[];
  /** Number of pictures without a face. */
  readonly withoutFace: number;
};

type Index = {
  readonly people: string[];
  readonly acceptable: number[];
  readonly withoutFace: number;
  readonly dimensions: number;
};

/**
 * @param folder `FOLDER/PERSON/PICTURE`
 * @param cache path without extension; created if missing
 */
export async function loadLabelledFaces(folder: string, cache: string): Promise<LabelledFaces> {
  if (!(await readFile(`${cache}.json`).catch(() => undefined))) await embedFolder(folder, cache);
  const index = JSON.parse(await readFile(`${cache}.json`, "utf8")) as Index;
  const bytes = new Int8Array(new Uint8Array(await readFile(`${cache}.i8`)).buffer);
  const codes = index.people.map((_, row) => bytes.subarray(row * index.dimensions, (row + 1) * index.dimensions));
  return { ...index, size: codes.length, acceptable: Uint8Array.from(index.acceptable), codes };
}

async function embedFolder(folder: string, cache: string): Promise<void> {
  const pictures: { person: string; path: string }[] = [];
  for (const person of (await readdir(folder)).sort()) {
    for (const file of (await readdir(join(folder, person))).sort()) pictures.push({ person, path: join(folder, person, file) });
  }
  const facenet = await FaceNet.load();
  const { size: dimensions } = facenet.model.embedding;
  const codes: Int8Array[] = [];
  const people: string[] = [];
  const acceptable: number[] = [];
  const paths = pictures.map(({ path }) => path);
  for await (const item of facenet.embed(paths, { faces: "central" })) {
    const face = item.ok ? item.value.faces[0] : undefined;
    if (!face) continue;
    codes.push(face.embedding.code);
    people.push((pictures[item.index] as { person: string }).person);
    acceptable.push(face.quality.acceptable ? 1 : 0);
  }
  await facenet.dispose();
  const index: Index = { people, acceptable, withoutFace: pictures.length - people.length, dimensions };
  await mkdir(dirname(cache), { recursive: true });
  await writeFile(`${cache}.i8`, Buffer.concat(codes.map((code) => Buffer.from(code.buffer, code.byteOffset, code.length))));
  await writeFile(`${cache}.json`, JSON.stringify(index));
}
