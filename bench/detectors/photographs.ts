/**
 * Photographs of 1920 x 1280 whose faces are known: faces out of LFW, scaled and turned, on a busy background.
 * Everything follows from the seed.
 */
import sharp, { type OverlayOptions, type Sharp } from "sharp";
import { landmarkPoints, type Point } from "../../src/schemas/geometry.ts";
import type { RgbImage } from "../../src/schemas/pixels.ts";
import { drawBackground } from "./background.ts";
import { createRandom, type Random } from "./random.ts";
import type { SourceFace } from "./source-faces.ts";

export const SIZE = { width: 1920, height: 1280 } as const;
/** Longer side of the reference box, in pixels of the photograph. */
export const FACE_SIZES = [16, 24, 32, 48, 64, 96, 160, 320, 640] as const;
export const ANGLES = [0, 15, 30, 45, 90] as const;

/** A face that is in a photograph. `reach` is the radius around its centre within which a detection may be of someone behind it. */
export type KnownFace = {
  readonly size: number;
  readonly angle: number;
  readonly box: { readonly left: number; readonly top: number; readonly right: number; readonly bottom: number };
  /** eyes, nose, middle of the mouth */
  readonly points: readonly Point[];
  readonly reach: number;
};
export type Variant = "plain" | keyof typeof variants;
export type Photograph = {
  readonly image: RgbImage;
  readonly faces: readonly KnownFace[];
  readonly group: Group;
  readonly variant: Variant;
};
export type Group = "sizes" | "rotations" | "variants";

/** How much of the picture around the face comes with it, as a share of the face's longer side. */
const CONTEXT = 1.8;
/** The outer share of a cut-out that fades into the background. */
const FADE = 0.08;

const variants = {
  dark: (image: Sharp) => image.linear(0.3, 0),
  bright: (image: Sharp) => image.linear(1.2, 70),
  flat: (image: Sharp) => image.linear(0.3, 90),
  blurred: (image: Sharp) => image.blur(2.5),
  noisy: (image: Sharp) => image,
  jpeg20: (image: Sharp) => image,
} as const;

type Wish = { readonly size: number; readonly angle: number };
type Plan = { readonly group: Group; readonly wishes: readonly Wish[] };

const upright = (size: number, count: number): Wish[] => Array.from({ length: count }, () => ({ size, angle: 0 }));
const MIXED = [
  [320, 1],
  [160, 2],
  [96, 3],
  [64, 4],
  [48, 4],
  [32, 5],
  [24, 5],
  [16, 5],
] as const;

/** One half of the photographs: 20 of sizes, 5 of rotations, 3 that come in six variants each. */
function plans(random: Random): Plan[] {
  const mixed = (group: Group, largest: number): Plan => ({
    group,
    wishes: MIXED.filter(([size]) => size <= largest).flatMap(([size, count]) => upright(size, count)),
  });
  const big: Plan = {
    group: "sizes",
    wishes: [...upright(640, 1), ...[160, 96, 64, 48, 32, 24, 16].flatMap((size) => upright(size, 2))],
  };
  const single = FACE_SIZES.map(
    (size): Plan => ({ group: "sizes", wishes: upright(size, size <= 96 ? 24 : size === 160 ? 12 : size === 320 ? 3 : 1) }),
  );
  const turned = (): Plan => ({
    group: "rotations",
    wishes: [160, 96, 64, 48].flatMap((size) =>
      ANGLES.map((angle) => ({ size, angle: random.uniform() < 0.5 ? -angle : angle })),
    ),
  });
  return [
    ...Array.from({ length: 6 }, () => mixed("sizes", 320)),
    ...Array.from({ length: 5 }, () => big),
    ...single,
    ...Array.from({ length: 5 }, turned),
    ...Array.from({ length: 3 }, () => mixed("variants", 160)),
  ];
}

/** How many faces the photographs of one half take at most. */
export const FACES_WANTED = plans(createRandom(0)).reduce((sum, { wishes }) => sum + wishes.length, 0);

/** The photographs of one half, drawn one after the other: each takes 7 MB. */
export async function* photographs(sources: readonly SourceFace[], seed: number): AsyncGenerator<Photograph> {
  const random = createRandom(seed);
  const pictures = sources.map(({ picture }) => picture);
  let next = 0;
  for (const { group, wishes } of plans(random)) {
    const own = wishes.map((wish, i) => ({ wish, source: sources[(next + i) % sources.length] as SourceFace }));
    next += own.length;
    const { image, faces } = await draw(own, await drawBackground(pictures, SIZE, random), random);
    yield { image, faces, group, variant: "plain" };
    if (group !== "variants") continue;
    for (const variant of Object.keys(variants) as (keyof typeof variants)[])
      yield { image: await varied(image, variant, random), faces, group, variant };
  }
}

async function draw(own: readonly { wish: Wish; source: SourceFace }[], background: RgbImage, random: Random) {
  const faces: KnownFace[] = [];
  const layers: OverlayOptions[] = [];
  for (const { wish, source } of own.toSorted((a, b) => b.wish.size - a.wish.size)) {
    const cut = cutOut(source);
    const scale = wish.size / cut.faceSide;
    const side = Math.round(cut.side * scale);
    const resized = await sharp(cut.data, { raw: { width: cut.side, height: cut.side, channels: 4 } })
      .resize(side, side)
      .raw()
      .toBuffer();
    const turned = await sharp(resized, { raw: { width: side, height: side, channels: 4 } })
      .rotate(wish.angle, { background: "#00000000" })
      .raw()
      .toBuffer({ resolveWithObject: true });
    const place = findPlace(
      turned.info.width,
      turned.info.height,
      (side / 2) * (wish.angle % 90 === 0 ? 1.2 : 1.45),
      faces,
      random,
    );
    if (!place) continue;
    const { width, height } = turned.info;
    // What reaches beyond the photograph is cut away here: sharp refuses layers larger than what they lie on.
    const [left, top] = [Math.max(0, -place.left), Math.max(0, -place.top)];
    const [seenWidth, seenHeight] = [
      Math.min(width - left, SIZE.width - Math.max(0, place.left)),
      Math.min(height - top, SIZE.height - Math.max(0, place.top)),
    ];
    const input = await sharp(turned.data, { raw: { width, height, channels: 4 } })
      .extract({ left, top, width: seenWidth, height: seenHeight })
      .raw()
      .toBuffer();
    layers.push({
      input,
      raw: { width: seenWidth, height: seenHeight, channels: 4 as const },
      left: Math.max(0, place.left),
      top: Math.max(0, place.top),
    });
    faces.push(knownFace(source, wish, { x: place.left + width / 2, y: place.top + height / 2 }, side / cut.side, place.reach));
  }
  const { data, info } = await sharp(background.data, { raw: { ...SIZE, channels: 3 } })
    .composite(layers)
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { image: { data, width: info.width, height: info.height }, faces };
}

/** The square around the face with a fading edge, RGBA. */
function cutOut({ picture, face: { box } }: SourceFace) {
  const faceSide = Math.max(box.width, box.height);
  const centre = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  const half = Math.floor(
    Math.min((CONTEXT / 2) * faceSide, centre.x, centre.y, picture.width - centre.x, picture.height - centre.y) - 1,
  );
  const side = 2 * half;
  const [left, top] = [Math.round(centre.x) - half, Math.round(centre.y) - half];
  const data = new Uint8Array(side * side * 4);
  for (let y = 0, at = 0; y < side; y++) {
    for (let x = 0; x < side; x++, at += 4) {
      const from = ((top + y) * picture.width + left + x) * 3;
      data.set(picture.data.subarray(from, from + 3), at);
      const edge = (Math.min(x, y, side - 1 - x, side - 1 - y) + 0.5) / (FADE * side);
      data[at + 3] = Math.round(255 * Math.min(1, edge));
    }
  }
  return { data, side, faceSide };
}

/** A place where no other face's surroundings are; large cut-outs may reach beyond the photograph, faces not. */
function findPlace(width: number, height: number, reach: number, others: readonly KnownFace[], random: Random) {
  const overhang = (length: number, room: number) => Math.max(0.1 * length, length - room) / 2;
  for (let attempt = 0; attempt < 4000; attempt++) {
    const [spareX, spareY] = [overhang(width, SIZE.width), overhang(height, SIZE.height)];
    const left = Math.round(random.between(-spareX, SIZE.width - width + spareX));
    const top = Math.round(random.between(-spareY, SIZE.height - height + spareY));
    const centre = { x: left + width / 2, y: top + height / 2 };
    const free = others.every(({ box, reach: other }) => {
      const x = Math.abs((box.left + box.right) / 2 - centre.x);
      const y = Math.abs((box.top + box.bottom) / 2 - centre.y);
      return Math.max(x, y) > (reach + other) / 1.2;
    });
    if (free) return { left, top, reach };
  }
  return undefined;
}

/** A turned face's box is that of the ellipse inside its upright box, turned. */
function knownFace(
  { face: { box, landmarks } }: SourceFace,
  { size, angle }: Wish,
  centre: Point,
  scale: number,
  reach: number,
): KnownFace {
  const radians = (angle * Math.PI) / 180;
  const [cos, sin] = [Math.cos(radians), Math.sin(radians)];
  const middle = { x: Math.round(box.x + box.width / 2), y: Math.round(box.y + box.height / 2) };
  const moved = ({ x, y }: Point): Point => {
    const [dx, dy] = [(x - middle.x) * scale, (y - middle.y) * scale];
    return { x: centre.x + cos * dx - sin * dy, y: centre.y + sin * dx + cos * dy };
  };
  const at = moved({ x: box.x + box.width / 2, y: box.y + box.height / 2 });
  const halfWidth = (Math.hypot(box.width * cos, box.height * sin) / 2) * scale;
  const halfHeight = (Math.hypot(box.width * sin, box.height * cos) / 2) * scale;
  const [leftEye, rightEye, nose, leftMouth, rightMouth] = landmarkPoints(landmarks);
  const mouth = { x: (leftMouth.x + rightMouth.x) / 2, y: (leftMouth.y + rightMouth.y) / 2 };
  return {
    size,
    angle: Math.abs(angle),
    box: { left: at.x - halfWidth, right: at.x + halfWidth, top: at.y - halfHeight, bottom: at.y + halfHeight },
    points: [leftEye, rightEye, nose, mouth].map(moved),
    reach,
  };
}

async function varied(image: RgbImage, variant: keyof typeof variants, random: Random): Promise<RgbImage> {
  const from = (data: Uint8Array) => sharp(data, { raw: { ...SIZE, channels: 3 } });
  if (variant === "jpeg20")
    return {
      ...image,
      data: await sharp(await from(image.data).jpeg({ quality: 20 }).toBuffer())
        .raw()
        .toBuffer(),
    };
  if (variant === "noisy")
    return {
      ...image,
      data: image.data.map((value) => Math.max(0, Math.min(255, value + 60 * (random.uniform() + random.uniform() - 1)))),
    };
  return { ...image, data: await variants[variant](from(image.data)).raw().toBuffer() };
}
