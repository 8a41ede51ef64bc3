/** Thumbnails of photographs and faces, made from the original files. */
import { FaceNetError } from "../../errors.ts";
import { decodeImage } from "../../image/decode.ts";
import { encodeJpeg } from "../../image/encode.ts";
import { faceThumbnail } from "../../image/face-thumbnail.ts";
import type { Box } from "../../schemas/face.ts";
import type { Photograph } from "../../schemas/gallery.ts";
import type { RgbImage } from "../../schemas/image-source.ts";
import type { GalleryStore } from "../store/gallery-store.ts";
import { type CachedPicture, facePart, WHOLE } from "./picture-cache.ts";

/** A lazily made picture; `tag` identifies its content and is known beforehand. */
export type Picture = CachedPicture & {
  readonly tag: string;
  readonly jpeg: () => Promise<Uint8Array>;
};

/** Side of the crop relative to the face's box, as in faceThumbnail. */
const AROUND = 1.6;
/** JPEG quality of whole photographs. */
const QUALITY = 85;

export type PictureOptions = {
  /** side of a thumbnail, longer side of a photograph */
  readonly sizePx: number;
  readonly maxPixels: number;
};

/** @throws FaceNetError NOT_FOUND; `jpeg` NOT_FOUND if its file is missing */
export async function photographPicture(store: GalleryStore, id: number, options: PictureOptions): Promise<Picture> {
  const photograph = await store.photograph(id);
  if (!photograph) throw new FaceNetError("NOT_FOUND", { what: "photograph", id });
  const { sizePx, maxPixels } = options;
  return {
    tag: `${photograph.hash}-${sizePx}`,
    hash: photograph.hash,
    part: WHOLE,
    sizePx,
    jpeg: async () => {
      const shrink = Math.max(photograph.width, photograph.height) / sizePx;
      return encodeJpeg(await read(photograph, { maxPixels, shrink }), { maxSide: sizePx, quality: QUALITY });
    },
  };
}

/** @throws FaceNetError NOT_FOUND; `jpeg` NOT_FOUND if the file is missing */
export async function facePicture(store: GalleryStore, id: number, options: PictureOptions): Promise<Picture> {
  const face = await store.face(id);
  const photograph = face && (await store.photograph(face.photograph));
  if (!photograph) throw new FaceNetError("NOT_FOUND", { what: "face", id });
  const { box } = face;
  const { sizePx, maxPixels } = options;
  return {
    tag: `${photograph.hash}-${facePart(face)}-${sizePx}`,
    hash: photograph.hash,
    part: facePart(face),
    sizePx,
    jpeg: async () => {
      const shrink = (Math.max(box.width, box.height) * AROUND) / sizePx;
      const image = await read(photograph, { maxPixels, shrink });
      return faceThumbnail(image, scaled(box, image.width / photograph.width), { sidePx: sizePx });
    },
  };
}

/** Reads the first of its paths that still has it; a replaced file is recognised by its dimensions. */
async function read(
  { id, paths, width, height }: Photograph,
  { maxPixels, shrink }: { readonly maxPixels: number; readonly shrink: number },
): Promise<RgbImage> {
  for (const path of paths) {
    const image = await decodeImage(path, { maxPixels, shrink: Math.max(1, shrink) }).catch(() => undefined);
    if (image && Math.abs(image.height - (height * image.width) / width) <= 2) return image;
  }
  throw new FaceNetError("NOT_FOUND", { what: "the file of photograph", id });
}

function scaled({ x, y, width, height }: Box, scale: number): Box {
  return { x: x * scale, y: y * scale, width: width * scale, height: height * scale };
}
