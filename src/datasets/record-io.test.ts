import { truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { readImage } from "./face-images.ts";
import { openFaceImages } from "./person-folders.ts";

let folder: string;
beforeAll(async () => {
  folder = await temporaryFolder("record-io");
});

/** A record as written by mxnet.recordio.pack, with several labels for a list. */
function record(label: number | readonly number[], picture: Uint8Array): Buffer {
  const labels = typeof label === "number" ? [] : label;
  const header = Buffer.alloc(24 + 4 * labels.length);
  header.writeUInt32LE(labels.length, 0);
  header.writeFloatLE(typeof label === "number" ? label : 0, 4);
  for (const [i, value] of labels.entries()) header.writeFloatLE(value, 24 + 4 * i);
  const data = Buffer.concat([header, picture]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32LE(0xced7230a, 0);
  frame.writeUInt32LE(data.length, 4);
  return Buffer.concat([frame, data, Buffer.alloc((4 - (data.length % 4)) % 4)]);
}
const jpeg = (...rest: number[]) => Uint8Array.from([0xff, 0xd8, 0xff, 0xe0, ...rest]);

it("reads people and pictures, and skips records without a picture", async () => {
  const file = join(folder, "train.rec");
  const pictures = [jpeg(1), jpeg(2, 2), jpeg(3, 3, 3), jpeg(4, 4, 4, 4)];
  const records = [
    record([5, 7], new Uint8Array()), // insightface's first: where identities begin
    record(0, pictures[0] as Uint8Array),
    record([1, 0], pictures[1] as Uint8Array),
    record(0, pictures[2] as Uint8Array),
    record(1, pictures[3] as Uint8Array),
    record([1, 3], new Uint8Array()), // an identity
  ];
  await writeFile(file, Buffer.concat(records));
  const faces = await openFaceImages(file);
  expect(faces.people).toEqual(["0", "1"]);
  expect(faces.imagesOfPeople).toEqual([
    [0, 2],
    [1, 3],
  ]);
  for (const [i, place] of faces.images.entries()) expect(new Uint8Array(await readImage(place))).toEqual(pictures[i]);

  await truncate(file, Buffer.concat(records).length - 4);
  await expect(openFaceImages(file)).rejects.toMatchObject({
    code: "FACES_UNUSABLE",
    message: expect.stringContaining("is truncated"),
  });
});

it("rejects other files", async () => {
  const file = join(folder, "other.rec");
  await writeFile(file, "this is some text, long enough");
  await expect(openFaceImages(file)).rejects.toMatchObject({
    code: "FACES_UNUSABLE",
    message: expect.stringContaining("no record at byte 0"),
  });
});
