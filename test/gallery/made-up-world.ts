/** Photographs of synthetic people: the pixels of a small PNG encode people and positions, which a synthetic FaceNet reads. */
import { crc32 } from "node:zlib";
import sharp from "sharp";
import { overlapOfUnion } from "../../src/faces/detection/overlap.ts";
import type { FaceNet, LookOptions } from "../../src/faces/facenet.ts";
import { encodeBytes } from "../../src/metric/byte-code.ts";
import { seededRandom } from "../../src/metric/seeded-random.ts";
import type { Box, Landmarks, Point } from "../../src/schemas/face.ts";
import type { NamedBytes } from "../../src/schemas/image-source.ts";
import type { Picture, Random, World } from "./library-simulation.ts";
import { testFace } from "./test-files.ts";

const DIMENSIONS = 32;
/** Spread of codes: between people, between shots of a person, and between versions of a shot. */
const SPREAD = { person: 40, shot: 14, look: 3 };
/** Shares of faces, except the first of a picture, that are detected only at a lower confidence, and never. */
const [UNSURE, UNSEEN] = [0.1, 0.1];

type SceneFace = {
  readonly human: string;
  readonly box: Box;
  readonly landmarks: Landmarks;
  readonly code: readonly number[];
  readonly seen: "always" | "unsure" | "never";
  readonly isCut?: boolean;
};
type Scene = { readonly width: number; readonly height: number; readonly salt: number; readonly faces: readonly SceneFace[] };

/** Bursts of photographs that show one to three of the people each. */
export async function madeUpPictures(count: number, people: number, random: Random): Promise<Picture[]> {
  const centres = Array.from({ length: people }, () => Array.from({ length: DIMENSIONS }, () => SPREAD.person * normal(random)));
  const pictures: Picture[] = [];
  while (pictures.length < count) {
    const who = [...new Set(Array.from({ length: 1 + Math.floor(random() * 3) }, () => Math.floor(random() * people)))];
    const places = who.map((_, i) => ({ x: 120 + 260 * i + 60 * random(), y: 150 + 120 * random(), side: 70 + 60 * random() }));
    const seen = who.map((_, i) => {
      const at = i === 0 ? 1 : random();
      return at < UNSURE ? "unsure" : at < UNSURE + UNSEEN ? "never" : "always";
    });
    const burst = 1 + Math.floor(random() * 3);
    for (let n = 0; n < burst && pictures.length < count; n++) {
      const faces = who.map((person, i): SceneFace => {
        const { x, y, side } = places[i] as (typeof places)[number];
        const box = { x: x + 8 * normal(random), y: y + 8 * normal(random), width: side, height: 1.25 * side };
        const code = (centres[person] as number[]).map((value) => value + SPREAD.shot * normal(random));
        return { human: `human ${person}`, box, landmarks: landmarksIn(box, random), code, seen: seen[i] as SceneFace["seen"] };
      });
      pictures.push(await pictureOf(pictures.length, { width: 1000, height: 600, salt: random(), faces }));
    }
  }
  return pictures;
}

/** @param of maps embeddings to codes of a model */
function madeUpFaceNet(id: string, of: (code: readonly number[]) => readonly number[]): FaceNet {
  const embeddingOf = (code: readonly number[]) => ({ model: id, code: encodeBytes(of(code), 1) });
  const found = async ({ name: image, data }: NamedBytes, { minConfidence = 0.65 }: LookOptions = {}) => {
    const { width, height, faces } = await sceneIn(data);
    const seen = faces.filter(({ isCut, seen }) => !isCut && (seen === "always" || (seen === "unsure" && minConfidence < 0.5)));
    const shown = seen.map(({ box, landmarks, code }) => {
      return { ...testFace(), box, landmarks, confidence: 1, embedding: embeddingOf(code) };
    });
    return { image, width, height, faces: shown };
  };
  async function* several(sources: AsyncIterable<NamedBytes>, options?: LookOptions) {
    let index = 0;
    for await (const source of sources) {
      yield { index: index++, image: source.name, ok: true, value: await found(source, options) };
    }
  }
  return {
    model: {
      id,
      model: { sha256: id },
      input: {},
      alignment: {},
      embedding: { size: DIMENSIONS, codeScale: 1 },
      thresholds: [
        { far: 1e-4, distance: 0.8 },
        { far: 1e-1, distance: 1.2 },
      ],
    },
    detector: { id: "made-up.finder", networks: {} },
    embed: (sources: NamedBytes | AsyncIterable<NamedBytes>, options?: LookOptions) =>
      "data" in sources ? found(sources, options) : several(sources, options),
    /** Faces at given positions, however they were found. */
    async embedFaces({ source, faces }: { readonly source: NamedBytes; readonly faces: readonly { readonly box: Box }[] }) {
      const scene = await sceneIn(source.data);
      return {
        faces: faces.map(({ box }) => {
          const there = scene.faces.toSorted((a, b) => overlapOfUnion(b.box, box) - overlapOfUnion(a.box, box))[0];
          return { ...testFace(), ...there, box, embedding: embeddingOf(there?.code ?? []) };
        }),
      };
    },
  } as unknown as FaceNet;
}

export const madeUpWorld: World = {
  facenet: madeUpFaceNet("made-up.one", (code) => code),
  other: madeUpFaceNet("made-up.two", (code) => code.map((value, i) => (i % 3 === 0 ? -value : value)).reverse()),

  async edit({ shot, bytes }, edit, random) {
    const scene = await sceneIn(bytes);
    if (edit === "metadata") return { shot, bytes: withText(bytes, `rating ${random()}`), humans: scene.faces };
    if (edit === "compress") return pictureOf(shot, relooked(scene, random));
    if (edit === "turn") return pictureOf(shot, relooked(turned(scene), random));
    const kept = cropped(scene, random);
    return kept.faces.every(({ isCut }) => isCut) ? undefined : pictureOf(shot, relooked(kept, random));
  },

  async standIn({ bytes }, of, shot) {
    const random = seededRandom(shot);
    const [scene, { faces: others }] = [await sceneIn(bytes), await sceneIn(of.bytes)];
    const faces = scene.faces.slice(0, others.length).map((face, i): SceneFace => {
      const { human, code } = others[i] as SceneFace;
      return { ...face, human, code: code.map((value) => value + SPREAD.shot * normal(random)) }; // another shot of them
    });
    return pictureOf(shot, { ...scene, salt: shot, faces });
  },
};

/** The same shot, recompressed: slightly different codes and landmarks. */
function relooked(scene: Scene, random: Random): Scene {
  const shaken = (point: Point): Point => ({ x: point.x + normal(random), y: point.y + normal(random) });
  const faces = scene.faces.map((face) => ({
    ...face,
    landmarks: mapLandmarks(face.landmarks, shaken),
    code: face.code.map((value) => value + SPREAD.look * normal(random)),
  }));
  return { ...scene, salt: random(), faces };
}

/** Rotated clockwise by 90 degrees. */
function turned({ width, height, salt, faces }: Scene): Scene {
  const at = ({ x, y }: Point): Point => ({ x: height - y, y: x });
  return {
    width: height,
    height: width,
    salt,
    faces: faces.map(({ box, landmarks, ...face }) => {
      const { x, y } = at({ x: box.x, y: box.y + box.height });
      return { ...face, box: { x, y, width: box.height, height: box.width }, landmarks: mapLandmarks(landmarks, at) };
    }),
  };
}

function cropped({ width, height, salt, faces }: Scene, random: Random): Scene {
  const part = (of: number): number => Math.floor(random() * 0.1 * of);
  const [left, top] = [part(width), part(height)];
  const [w, h] = [width - left - part(width), height - top - part(height)];
  const at = ({ x, y }: Point): Point => ({ x: x - left, y: y - top });
  const moved = faces.map(({ box, landmarks, ...face }) => {
    return { ...face, box: { ...box, ...at(box) }, landmarks: mapLandmarks(landmarks, at) };
  });
  const isWhole = ({ x, y, width, height }: Box): boolean => x > 0 && y > 0 && x + width < w && y + height < h;
  const isThere = ({ x, y, width, height }: Box): boolean => x > -width && y > -height && x < w && y < h;
  const kept = moved.filter(({ box }) => isThere(box)).map((face) => ({ ...face, isCut: face.isCut || !isWhole(face.box) }));
  return { width: w, height: h, salt, faces: kept };
}

function landmarksIn({ x, y, width, height }: Box, random: Random): Landmarks {
  const turn = 0.12 * normal(random);
  const at = (u: number, v: number): Point => ({
    x: x + (u + 0.04 * normal(random)) * width,
    y: y + (v + 0.04 * normal(random)) * height,
  });
  return {
    leftEye: at(0.3, 0.4),
    rightEye: at(0.7, 0.4),
    nose: at(0.5 + turn, 0.6),
    leftMouth: at(0.35, 0.8),
    rightMouth: at(0.65, 0.8),
  };
}

function mapLandmarks(landmarks: Landmarks, change: (point: Point) => Point): Landmarks {
  return Object.fromEntries(Object.entries(landmarks).map(([name, point]) => [name, change(point)])) as Landmarks;
}

async function pictureOf(shot: number, scene: Scene): Promise<Picture> {
  const text = Buffer.from(JSON.stringify(scene));
  const side = Math.ceil(Math.sqrt((text.length + 4) / 3));
  const data = Buffer.alloc(side * side * 3);
  data.writeUInt32BE(text.length);
  text.copy(data, 4);
  const bytes = await sharp(data, { raw: { width: side, height: side, channels: 3 } })
    .png({ compressionLevel: 1 })
    .toBuffer();
  return { shot, bytes, humans: scene.faces };
}

async function sceneIn(png: Uint8Array): Promise<Scene> {
  const data = await sharp(png).removeAlpha().raw().toBuffer();
  return JSON.parse(data.subarray(4, 4 + data.readUInt32BE()).toString()) as Scene;
}

/** Adds a text chunk after the header: the picture is unchanged. */
function withText(png: Uint8Array, text: string): Uint8Array {
  const body = Buffer.from(`tEXtComment\0${text}`);
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(body.length - 4);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([png.subarray(0, 33), length, body, checksum, png.subarray(33)]);
}

/** Standard normal, by Box and Muller. */
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
