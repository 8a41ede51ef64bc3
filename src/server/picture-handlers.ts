/** Pictures of the gallery: faces and photographs as JPEG, with an ETag so that browsers keep them. */
import type { Context } from "hono";
import { faceThumbnail, photographPicture } from "../contract/service-calls.ts";
import { inKnownGallery } from "../gallery/access/borrow-gallery.ts";
import { facePicture, photographPicture as pictureOfPhotograph } from "../gallery/people/picture.ts";
import { type RouteRequest, serviceHandler } from "./route.ts";

export const pictureHandlers = {
  thumbnail: serviceHandler(faceThumbnail, (input, request) => pictureResponse(facePicture, input, request)),
  picture: serviceHandler(photographPicture, (input, request) => pictureResponse(pictureOfPhotograph, input, request)),
};

function pictureResponse(
  open: typeof facePicture,
  { id, size }: { readonly id: number; readonly size: number },
  { c, context, settings, compute }: RouteRequest,
): Promise<Response> {
  const maxPixels = typeof settings.maxPixels === "number" ? settings.maxPixels : Number.MAX_SAFE_INTEGER;
  const gallery = typeof settings.gallery === "string" ? settings.gallery : undefined;
  return inKnownGallery(context, gallery, async (store) => {
    const { tag, jpeg } = await open(store, id, { sizePx: size, maxPixels });
    const headers = { etag: `"${tag}"`, "cache-control": "private, max-age=86400", vary: "Authorization, X-Api-Key" };
    if (isCached(c, headers.etag)) return new Response(null, { status: 304, headers });
    const bytes = await compute(jpeg);
    return new Response(bytes as Uint8Array<ArrayBuffer>, { headers: { ...headers, "content-type": "image/jpeg" } });
  });
}

/** Evaluates If-None-Match: a list of tags, or `*`. */
function isCached(c: Context, tag: string): boolean {
  const tags = (c.req.header("if-none-match") ?? "").split(",").map((one) => one.trim());
  return tags.some((one) => one === "*" || one.replace(/^W\//, "") === tag);
}
