import { describe, expect, it } from "vitest";
import type { FaceImages } from "../../datasets/face-images.ts";
import { splitPeople } from "./training-faces.ts";

/** People with the given numbers of images. */
function faces(...counts: number[]): FaceImages {
  let next = 0;
  const imagesOfPeople = counts.map((count) => Array.from({ length: count }, () => next++));
  return {
    name: "faces",
    people: counts.map((_, i) => `p${i}`),
    imagesOfPeople,
    images: Array.from({ length: next }, (_, i) => ({ file: `${i}` })),
  };
}

describe("splitPeople", () => {
  it("holds out the given share, with nobody in both parts", () => {
    const { trained, heldOut } = splitPeople(faces(...new Array<number>(50).fill(3)), 0.1, 1);
    expect(heldOut?.people).toHaveLength(5);
    expect(trained.people).toHaveLength(45);
    expect(new Set([...trained.people, ...(heldOut?.people ?? [])]).size).toBe(50);
    expect(heldOut?.imagesOfPeople[0]).toHaveLength(3);
  });

  it("depends on the seed only", () => {
    const all = faces(...new Array<number>(50).fill(2));
    expect(splitPeople(all, 0.2, 7).heldOut?.people).toEqual(splitPeople(all, 0.2, 7).heldOut?.people);
    expect(splitPeople(all, 0.2, 7).heldOut?.people).not.toEqual(splitPeople(all, 0.2, 8).heldOut?.people);
  });

  it("leaves out people with one image, and counts them", () => {
    const { trained, singles } = splitPeople(faces(1, 2, 1, 3), 0, 1);
    expect(trained.people).toEqual(["p1", "p3"]);
    expect(singles).toHaveLength(2);
  });

  it("holds nobody out if there are too few people", () => {
    expect(splitPeople(faces(2, 2, 2, 2), 0.5, 1).heldOut).toBeUndefined();
    expect(splitPeople(faces(...new Array<number>(30).fill(2)), 0, 1).heldOut).toBeUndefined();
  });

  it("reports why there is nothing to train on", () => {
    expect(() => splitPeople(faces(1, 1, 1), 0.1, 1)).toThrow(
      "has 0 people with at least two images and 3 with one. Training expects a folder",
    );
    expect(() => splitPeople(faces(9), 0.1, 1)).toThrow("faces faces: has 1 people");
  });
});
