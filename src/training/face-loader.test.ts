import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { encodePng } from "../image/encode.ts";
import { FaceLoader, type LoaderSettings, pixelScaling } from "./face-loader.ts";

const settings: LoaderSettings = { width: 6, height: 4, border: 0, augmentations: [] };
let folder: string;
let open: FaceLoader[];

beforeEach(async () => {
  folder = await temporaryFolder("loader");
  open = [];
});
afterEach(async () => {
  for (const loader of open) await loader.dispose();
});

function start(options: Partial<LoaderSettings> = {}, threads = 2): FaceLoader {
  const loader = FaceLoader.start({ ...settings, ...options }, threads);
  open.push(loader);
  return loader;
}

/** Pictures of a single colour each: red 10, 20, 30 … */
async function pictures(count: number, side = 12) {
  return Promise.all(
    Array.from({ length: count }, async (_, i) => {
      const file = join(folder, `${i}.png`);
      const data = Uint8Array.from({ length: side * side * 3 }, (_, at) => [10 * (i + 1), 100, 200][at % 3] as number);
      await writeFile(file, await encodePng({ data, width: side, height: side }));
      return { file };
    }),
  );
}

const value = (byte: number): number => (byte - pixelScaling.mean) * pixelScaling.scale;

describe("FaceLoader", () => {
  it("returns the faces in order, as scaled red, green and blue planes", async () => {
    const faces = await start().load(await pictures(20), () => 0);
    expect([...faces.positions]).toEqual(Array.from({ length: 20 }, (_, i) => i));
    const { data, dims } = faces.tensor(15, 18);
    expect(dims).toEqual([3, 3, 4, 6]);
    for (const [i, face] of [15, 16, 17].entries()) {
      const [red, green, blue] = [0, 24, 48].map((plane) => data[i * 72 + plane + 11]);
      expect(red).toBeCloseTo(value(10 * (face + 1)), 5);
      expect(green).toBeCloseTo(value(100), 5);
      expect(blue).toBeCloseTo(value(200), 5);
    }
  });

  it("leaves out unreadable faces and reports why", async () => {
    const places = await pictures(18);
    await writeFile((places[17] as { file: string }).file, "no picture");
    places[3] = { file: join(folder, "gone.png") };
    const faces = await start().load(places, () => 0);
    expect(faces.length).toBe(16);
    expect(faces.failures).toEqual([
      { position: 3, image: places[3].file, code: "IMAGE_NOT_FOUND", message: expect.stringMatching(/^no such file/) },
      {
        position: 17,
        image: places[17]?.file,
        code: "IMAGE_UNKNOWN_FORMAT",
        message: expect.stringMatching(/^not a supported image format/),
      },
    ]);
    expect(faces.tensor(3, 4).data[0]).toBeCloseTo(value(50), 5); // the fourth that is left is the fifth
  });

  it("is deterministic for given seeds, whatever the number of threads", async () => {
    const places = await pictures(40, 24);
    const augmentations = ["flip", "crop", "colour", "jpeg", "blur"] as const;
    const one = await start({ augmentations }, 1).load(places, (i) => i);
    const three = await start({ augmentations }, 3).load(places, (i) => i);
    expect(three.tensor(0, 40)).toEqual(one.tensor(0, 40));
    const other = await start({ augmentations }, 1).load(places, (i) => i + 1);
    expect(other.tensor(0, 40)).not.toEqual(one.tensor(0, 40));
  });

  it("rejects pending loads when disposed", async () => {
    const loader = start();
    const loading = loader.load(await pictures(1), () => 0);
    await Promise.all([expect(loading).rejects.toThrow("disposed"), loader.dispose()]);
  });
});
