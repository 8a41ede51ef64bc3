/** Serves faces and photographs of the gallery as JPEG, with ETags; small sizes are cached on disk. */
import { readdir } from "node:fs/promises";
import type { Context } from "hono";
import { faceThumbnail, photographPicture } from "../contract/service-calls.ts";
import { inGallery } from "../gallery/access/borrow-gallery.ts";
import { facePicture, photographPicture as pictureOfPhotograph } from "../gallery/people/picture.ts";
import { cachedPicture, sweepPictures } from "../gallery/people/picture-cache.ts";
import { type Handler, type RouteRequest, serviceHandler } from "./route.ts";
import type { Services } from "./services.ts";

export function pictureHandlers({ thumbnails }: Pick<Services, "thumbnails">) {
  const handler = (call: typeof faceThumbnail, open: typeof facePicture) =>
    serviceHandler(call, (input, request) => pictureResponse(open, thumbnails, input, request));
  return {
    thumbnail: handler(faceThumbnail, facePicture),
    picture: handler(photographPicture, pictureOfPhotograph),
  };
}

/** Deletes cached pictures of faces and photographs that are no longer in the gallery. */
export async function sweep({ thumbnails, settings, borrowGallery }: Services): Promise<void> {
  if (thumbnails !== undefined && (await readdir(thumbnails).catch(() => [])).length > 0)
    await inGallery({ borrowGallery }, settings.gallery, (store) => sweepPictures(thumbnails, store));
}

/** Wraps a handler that removes photographs, so that no picture of them remains. */
export function sweeping(handler: Handler, services: Services): Handler {
  return {
    ...handler,
    run: async (request) => {
      const answer = await handler.run(request);
      await sweep(services);
      return answer;
    },
  };
}

function pictureResponse(
  open: typeof facePicture,
  thumbnails: string | undefined,
  { id, size }: { readonly id: number; readonly size: number },
  { c, context, settings, compute }: RouteRequest,
): Promise<Response> {
  const { gallery, maxPixels = Number.MAX_SAFE_INTEGER } = settings;
  return inGallery(context, gallery, async (store) => {
    const picture = await open(store, id, { sizePx: size, maxPixels });
    const headers = { etag: `"${picture.tag}"`, "cache-control": "private, max-age=86400", vary: "Authorization, X-Api-Key" };
    if (isCached(c, headers.etag)) return new Response(null, { status: 304, headers });
    const bytes = await cachedPicture(thumbnails, picture, () => compute(picture.jpeg));
    return new Response(bytes as Uint8Array<ArrayBuffer>, { headers: { ...headers, "content-type": "image/jpeg" } });
  });
}

/** Evaluates If-None-Match: a list of tags, or `*`. */
function isCached(c: Context, tag: string): boolean {
  const tags = (c.req.header("if-none-match") ?? "").split(",").map((one) => one.trim());
  return tags.some((one) => one === "*" || one.replace(/^W\//, "") === tag);
}
