/** Creates a large synthetic gallery: embeddings are random, everything else is realistic. */
import { createHash } from "node:crypto";
import { link, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { createRandomCodes } from "../../bench/random-codes.ts";
import { openGalleryStore } from "../../src/gallery/store/open-gallery-store.ts";
import type { NewFace } from "../../src/schemas/gallery.ts";
import { writeSyntheticFaces } from "../synthetic-faces.ts";

/** Number of distinct pictures; photographs are links to them. */
const PICTURES = 50;
const SIDE = 160;
/** People per transaction. */
const TOGETHER = 500;

export type LargeGallery = {
  readonly gallery: string;
  readonly people: number;
  /** Faces of the person with most. */
  readonly most: number;
};

/**
 * Two faces per photograph; the n-th person has a tenth of all faces divided by n (Zipf), the last ones have one each.
 *
 * @param folder empty folder for the gallery and the photographs
 * @param faces an even number
 */
export async function createLargeGallery(folder: string, faces: number): Promise<LargeGallery> {
  const gallery = join(folder, "gallery.db");
  await writeSyntheticFaces(join(folder, "pictures"), { people: PICTURES, images: 1, side: SIDE });
  const store = await openGalleryStore(gallery);
  const codes = createRandomCodes(128);
  const ids: number[] = [];
  const photographs = faces / 2;
  for (let photograph = 0; photograph < photographs; photograph++) {
    const within = join(folder, "photographs", String(Math.floor(photograph / 1000)));
    if (photograph % 1000 === 0) await mkdir(within, { recursive: true });
    const path = join(within, `${photograph}.png`);
    await link(join(folder, "pictures", `person-${String(photograph % PICTURES).padStart(2, "0")}`, "0.png"), path);
    const { faces: recorded } = await store.recordFile({
      path,
      bytes: 1000,
      modifiedMs: 0,
      hash: createHash("sha256").update(path).digest("hex"),
      width: SIDE,
      height: SIDE,
      takenAt: null,
      faces: [face(10, codes(1)), face(90, codes(1))],
    });
    ids.push(...recorded);
  }
  const counts = peopleCounts(faces);
  let first = 0;
  const groups = counts.map((count) => {
    // Every second face: faces of the same person are in different photographs, except for the last people.
    const own = Array.from({ length: count }, (_, i) => ids[spread(first + i, faces)] as number);
    first += count;
    return { faces: own, person: "new" as const };
  });
  for (let at = 0; at < groups.length; at += TOGETHER) await store.regroup(groups.slice(at, at + TOGETHER));
  await store.close();
  return { gallery, people: counts.length, most: counts[0] ?? 0 };
}

/** 0, 2, 4, … then 1, 3, 5, … */
function spread(place: number, count: number): number {
  const half = count / 2;
  return place < half ? 2 * place : 2 * (place - half) + 1;
}

function peopleCounts(faces: number): number[] {
  const counts: number[] = [];
  for (let left = faces; left > 0; ) {
    const own = Math.min(left, Math.max(1, Math.round(faces / 10 / (counts.length + 1))));
    counts.push(own);
    left -= own;
  }
  return counts;
}

const level = { yawDegrees: 0, pitchDegrees: 0, rollDegrees: 0 };

function face(x: number, code: Int8Array): NewFace {
  const at = { x: x + 30, y: 80 };
  return {
    box: { x, y: 40, width: 60, height: 80 },
    landmarks: { leftEye: at, rightEye: at, nose: at, leftMouth: at, rightMouth: at },
    quality: { ...level, sizePx: 90, sharpness: 100, confidence: 0.99, acceptable: true, reasons: [] },
    code,
  };
}
