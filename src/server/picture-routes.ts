/** Pictures of the gallery: photographs and the faces in them, as JPEG that browsers may keep as long as it is the same. */
import type { Context } from "hono";
import * as z from "zod";
import { inKnownGallery } from "../gallery/access/borrow-gallery.ts";
import { facePicture, type Picture, type PictureOptions, photographPicture } from "../gallery/people/picture.ts";
import type { GalleryStore } from "../gallery/store/gallery-store.ts";
import { parseInput } from "../operations/parse-input.ts";
import type { Env } from "./env.ts";
import type { OtherRoute } from "./openapi-document.ts";
import type { Services } from "./services.ts";
import { readTextFields } from "./text-fields.ts";

/** Larger pictures than this are not made: for the whole photograph there is its file. */
const LARGEST = 4096;

export type PictureRoute = OtherRoute & { readonly handle: (c: Context<Env>) => Promise<Response> };

export function pictureRoutes(services: Services): PictureRoute[] {
  return [
    pictureRoute(services, {
      path: "/v1/faces/{id}/thumbnail",
      summary: "A square picture of a face, the hair around it",
      size: z.int().min(16).max(512).default(160).describe("side in pixels"),
      open: facePicture,
    }),
    pictureRoute(services, {
      path: "/v1/photographs/{id}/picture",
      summary: "A photograph, upright",
      size: z.int().min(16).max(LARGEST).default(1600).describe("longer side in pixels; a smaller photograph stays as it is"),
      open: photographPicture,
    }),
  ];
}

type Kind = {
  readonly path: string;
  readonly summary: string;
  readonly size: z.ZodType<number>;
  readonly open: (store: GalleryStore, id: number, options: PictureOptions) => Promise<Picture>;
};

function pictureRoute(services: Services, { path, summary, size, open }: Kind): PictureRoute {
  const { settings, queue } = services;
  const id = z.int().min(1);
  const input = z.strictObject({ id, size });
  const maxPixels = typeof settings.maxPixels === "number" ? settings.maxPixels : Number.POSITIVE_INFINITY;
  const gallery = typeof settings.gallery === "string" ? settings.gallery : undefined;
  return {
    method: "get",
    path,
    summary,
    tags: ["the gallery"],
    security: [{ key: [] }],
    request: { params: z.object({ id }), query: z.object({ size }) },
    responses: {
      200: { description: "a JPEG", content: { "image/jpeg": { schema: z.any().meta({ type: "string", format: "binary" }) } } },
      304: { description: "the same as before" },
    },
    handle: async (c) => {
      c.set("route", path);
      const given = readTextFields(input, { ...c.req.queries(), id: [c.req.param("id") ?? ""] });
      const wanted = parseInput(input, given);
      return inKnownGallery(services, gallery, async (store) => {
        const { tag, jpeg } = await open(store, wanted.id, { sizePx: wanted.size, maxPixels });
        const headers = { etag: `"${tag}"`, "cache-control": "private, max-age=86400", vary: "Authorization, X-Api-Key" };
        if (isKnown(c.req.header("if-none-match"), headers.etag)) return new Response(null, { status: 304, headers });
        const bytes = await queue.run(jpeg);
        return new Response(bytes as Uint8Array<ArrayBuffer>, { headers: { ...headers, "content-type": "image/jpeg" } });
      });
    },
  };
}

/** @param given of If-None-Match: tags with commas between them, or * */
function isKnown(given: string | undefined, tag: string): boolean {
  return (given ?? "").split(",").some((one) => one.trim().replace(/^W\//, "") === tag || one.trim() === "*");
}
