/** The faces of a set, embedded: the one in the middle of each image. */
import { type FaceImages, type ImagePlace, placeName, readImage } from "../../datasets/face-images.ts";
import type { FaceNet, LookOptions } from "../../pipeline/facenet.ts";
import type { ImageSource } from "../../schemas/image-source.ts";

export type EmbeddedImages = {
  /** [n] which image of the set each face is of */
  readonly rows: readonly number[];
  /** [n] whose: a place in the set's `people` */
  readonly person: Uint32Array;
  /** [n, dimensions] */
  readonly codes: Int8Array;
  readonly dimensions: number;
  readonly withoutFace: string[];
  readonly failures: { image: string; code: string; message: string }[];
};

export async function embedFaceImages(set: FaceImages, facenet: FaceNet, options: LookOptions): Promise<EmbeddedImages> {
  const wanted = set.imagesOfPeople.flatMap((images, person) => images.map((image) => ({ image, person })));
  const placeOf = (index: number): ImagePlace => set.images[wanted[index]?.image as number] as ImagePlace;
  const dimensions = facenet.model.embedding.size;
  const codes = new Int8Array(wanted.length * dimensions);
  const rows: number[] = [];
  const people: number[] = [];
  const withoutFace: string[] = [];
  const failures: EmbeddedImages["failures"] = [];
  const sources = Array.from(wanted.keys(), placeOf).map(({ file, part }) => (part ? undefined : file));
  const read = sources.every((file) => file !== undefined) ? sources : bytesOf(wanted.map((_, index) => placeOf(index)));
  for await (const item of facenet.embed(read, { ...options, faces: "central" })) {
    const { image, person } = wanted[item.index] as { image: number; person: number };
    const name = placeName(placeOf(item.index));
    const face = item.ok ? item.value.faces[0] : undefined;
    if (face) {
      codes.set(face.embedding.code, rows.length * dimensions);
      rows.push(image);
      people.push(person);
    } else if (item.ok || item.error.code === "FACE_NOT_FOUND") withoutFace.push(name);
    else failures.push({ image: name, code: item.error.code, message: item.error.message.replace(/^\(buffer\)/, name) });
  }
  return {
    rows,
    person: Uint32Array.from(people),
    codes: codes.slice(0, rows.length * dimensions),
    dimensions,
    withoutFace,
    failures,
  };
}

/** One that cannot be read comes as no bytes, and fails as such, so that the others keep their places. */
async function* bytesOf(places: readonly ImagePlace[]): AsyncGenerator<ImageSource> {
  for (const place of places) yield await readImage(place).catch(() => new Uint8Array(0));
}
