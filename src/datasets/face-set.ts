/** Faces to train on: who there is, which images show them, and an image's bytes when it is wanted. */

/**
 * A set of face images by person. A folder is one (`openFaceFolder`); tar shards can be another: whoever trains
 * asks for images one by one, by their index, and holds none.
 */
export type FaceSet = {
  /** For messages: where it is. */
  readonly name: string;
  /** Names of the people, each once. */
  readonly people: readonly string[];
  /** For each of `people` the indices of their images. */
  readonly imagesOfPeople: readonly (readonly number[])[];
  /** Names of the images, by index, for messages and reports. */
  readonly imageNames: readonly string[];
  /** The bytes of a picture file. @throws FaceNetError of the codes IMAGE_NOT_FOUND, IMAGE_NOT_READABLE */
  readonly read: (index: number) => Promise<Uint8Array>;
};

/** Some people of a set, with all their images. */
export function peopleOf(set: FaceSet, wanted: (person: string, index: number) => boolean): FaceSet {
  const kept = [...set.people.keys()].filter((index) => wanted(set.people[index] as string, index));
  return {
    ...set,
    people: kept.map((index) => set.people[index] as string),
    imagesOfPeople: kept.map((index) => set.imagesOfPeople[index] as readonly number[]),
  };
}
