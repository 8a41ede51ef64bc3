/** The faces of a set, embedded: the one in the middle of each image. */

import type { FaceNet, LookOptions } from "../../faces/facenet.ts";
import { type FaceImages, type ImagePlace, placeName } from "../face-images.ts";
import { imageSources } from "../image-sources.ts";

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
  const sources = imageSources(Array.from(wanted.keys(), placeOf));
  for await (const item of facenet.embed(sources, { ...options, faces: "central" })) {
    const { image, person } = wanted[item.index] as { image: number; person: number };
    const name = placeName(placeOf(item.index));
    const face = item.ok ? item.value.faces[0] : undefined;
    if (face) {
      codes.set(face.embedding.code, rows.length * dimensions);
      rows.push(image);
      people.push(person);
    } else if (item.ok || item.error.code === "FACE_NOT_FOUND") withoutFace.push(name);
    else failures.push({ image: name, code: item.error.code, message: item.error.message });
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
