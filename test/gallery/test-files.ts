/** Synthetic photographs and faces. */
import type { ReadFile } from "../../src/gallery/store/gallery-store.ts";
import type { NewFace } from "../../src/schemas/gallery.ts";

const point = { x: 1, y: 2 };
const quality = {
  sizePx: 100,
  sharpness: 50,
  yawDegrees: 0,
  pitchDegrees: 0,
  rollDegrees: 0,
  confidence: 0.99,
  acceptable: true,
  reasons: [],
};

export function testFace(...code: number[]): NewFace {
  const landmarks = { leftEye: point, rightEye: point, nose: point, leftMouth: point, rightMouth: point };
  return { box: { x: 0.5, y: 1, width: 20, height: 30 }, landmarks, quality, code: Int8Array.from(code) };
}

export function testFile(
  name: string,
  faces: readonly NewFace[],
  hash = `hash of ${name}`,
  takenAt: string | null = null,
): ReadFile {
  return { path: `/photos/${name}`, bytes: 1000, modifiedMs: 1_700_000_000_123.5, hash, width: 640, height: 480, takenAt, faces };
}

/** A face as returned by a gallery, without corrections. */
export const unsaid = {
  vector: null,
  person: null,
  assignedBy: null,
  drawn: false,
  embedded: true,
  ignored: false,
  notAFace: false,
};

/** Failures as they were recorded when messages began with the path, and their messages after the migration. */
export const oldFailures = [
  { path: "/photos/a (1)+$.jpg", before: "/photos/a (1)+$.jpg: is empty", message: "is empty" },
  {
    path: "/日本 😀/b.jpg",
    before: "/日本 😀/b.jpg: is damaged: /日本 😀/b.jpg: cut",
    message: "is damaged: /日本 😀/b.jpg: cut",
  },
  { path: "/photos/%_.jpg", before: "/photos/ab.jpg: is damaged", message: "/photos/ab.jpg: is damaged" },
  { path: "/photos/c.jpg", before: "cut short", message: "cut short" },
];
export const insertOldFailures = oldFailures
  .map(({ path, before }) => `INSERT INTO file VALUES ('${path}', 0, 1, NULL, 'IMAGE_CORRUPT', '${before}', 0)`)
  .join(";");
