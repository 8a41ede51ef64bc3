import { readFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { samplePhotograph } from "../../../test/sample-photographs.ts";
import type { Box } from "../../schemas/face.ts";
import { FaceNet } from "../facenet.ts";
import { overlapOfUnion } from "./overlap.ts";

let facenet: FaceNet;
beforeAll(async () => {
  facenet = await FaceNet.load({ threads: 1 });
});
afterAll(() => facenet.dispose());

const data = process.env.FACENET_DATA;

describe("RetinaFace", () => {
  it("finds every face of the six samples", async () => {
    const counts: number[] = [];
    for (const name of ["sample1", "sample2", "sample3", "sample4", "sample5", "sample6"] as const) {
      counts.push((await facenet.detect(samplePhotograph(name))).faces.length);
    }
    expect(counts).toEqual([3, 3, 3, 4, 5, 4]);
  });

  it.each([90, 180, 270])("finds every face of a photograph rotated by %i degrees, upright", async (angle) => {
    for (const name of ["sample1", "sample2"] as const) {
      const upright = await facenet.detect(samplePhotograph(name));
      const turned = await facenet.detect(await sharp(samplePhotograph(name)).rotate(angle).png().toBuffer());
      expect(turned.faces).toHaveLength(upright.faces.length);
      for (const { quality } of turned.faces) {
        expect(Math.abs(((quality.rollDegrees - angle + 540) % 360) - 180)).toBeLessThan(60);
      }
    }
  });

  it("returns no face below the minimum size, and loses none by lowering it", async () => {
    const sizes = async (minFaceSize: number) => {
      const { faces } = await facenet.detect(samplePhotograph("sample5"), { minFaceSize });
      return faces.map(({ box }) => Math.max(box.width, box.height)).sort((a, b) => a - b);
    };
    const [few, all] = [await sizes(200), await sizes(20)];
    expect(few.every((size) => size >= 200)).toBe(true);
    expect(all.filter((size) => size >= 205).length).toBeGreaterThanOrEqual(few.filter((size) => size >= 205).length);
  });

  it.skipIf(!data)(
    "finds 99 % of the faces of 40 pixels and more on photographs nobody curated",
    async () => {
      const folder = join(data as string, "photographs");
      const marked = JSON.parse(readFileSync(join(folder, "faces.json"), "utf8")) as Record<string, Box[]>;
      let [found, wanted] = [0, 0];
      for await (const item of facenet.detect(Object.keys(marked).map((name) => join(folder, name)))) {
        const faces = item.ok ? item.value.faces : [];
        for (const box of marked[item.image.slice(folder.length + 1)] ?? []) {
          if (Math.max(box.width, box.height) < 40) continue;
          wanted++;
          if (faces.some((face) => overlapOfUnion(face.box, box) >= 0.4)) found++;
        }
      }
      expect(wanted).toBeGreaterThan(100);
      expect(found / wanted).toBeGreaterThan(0.99);
    },
    180_000,
  );
});
