/** Shared by the adapters: their routes, and the faces of one uploaded photograph. */
import type * as z from "zod";
import type { RouteShape } from "../../contract/route-shape.ts";
import { FaceNetError } from "../../errors.ts";
import { embed } from "../../operations/embed.ts";
import { enroll } from "../../operations/enroll.ts";
import { parseInput } from "../../operations/parse-input.ts";
import type { EmbeddedFace, EmbeddedImage } from "../../schemas/face.ts";
import { type Handler, operationHandler, type Route, type RouteRequest } from "../route.ts";

type AdapterRoute = Omit<RouteShape & Handler, "tag" | "acceptsText" | "several" | "hasRecords" | "present"> & {
  readonly name: string;
};

/**
 * Routes below a prefix; photographs may be base64. Answer fields beyond the output schema, such as ids, go to the audit log only.
 */
export const adapterRoutes =
  (tag: string, prefix: string) =>
  ({ path, alias, ...route }: AdapterRoute): Route => ({
    ...route,
    path: prefix + path,
    ...(alias !== undefined && { alias: prefix + alias }),
    tag,
    acceptsText: route.photographs !== undefined,
    several: [],
    hasRecords: false,
    present: (answer) => (answer instanceof Response ? answer : route.output.parse(answer)),
  });

export const comprefaceRoute = adapterRoutes("CompreFace", "/api/v1");

const embedding = operationHandler(embed, { photographs: ["images"] });

export type FaceOptions = {
  readonly minConfidence?: number | undefined;
  /** Treats the whole photograph as one face; nothing is detected. */
  readonly aligned?: boolean | undefined;
};

/** @throws FaceNetError OPTION_INVALID without exactly one photograph in the field; every IMAGE_ code */
export async function imageIn(request: RouteRequest, field: string, options: FaceOptions = {}): Promise<EmbeddedImage> {
  const images = request.photographs[field] ?? [];
  if (images.length !== 1) throw new FaceNetError("OPTION_INVALID", { option: field, reason: "one photograph is needed" });
  const input = parseInput(embed.input.omit({ images: true }), options);
  const answer = await embedding.run({ ...request, input, photographs: { images } });
  return (answer as { readonly photographs: [EmbeddedImage] }).photographs[0];
}

/** Largest first. @throws FaceNetError FACE_NOT_FOUND; as {@link imageIn} */
export async function facesIn(request: RouteRequest, field: string, options: FaceOptions = {}): Promise<EmbeddedFace[]> {
  const { image, faces } = await imageIn(request, field, options);
  if (faces.length === 0) throw new FaceNetError("FACE_NOT_FOUND", { image });
  const area = ({ box }: EmbeddedFace): number => box.width * box.height;
  return faces.toSorted((a, b) => area(b) - area(a));
}

const enrolling = operationHandler(enroll, { photographs: ["images"], stores: true, required: ["images"] });

/** Adds the only face of a photograph to a person. @throws FaceNetError FACE_AMBIGUOUS for several faces; as {@link facesIn} */
export async function enrollFace(
  request: RouteRequest,
  field: string,
  name: string,
  options: FaceOptions = {},
): Promise<{ readonly person: number; readonly face: number }> {
  const { length: count } = await facesIn(request, field, options);
  if (count > 1) throw new FaceNetError("FACE_AMBIGUOUS", { image: field, count });
  const input = parseInput(enroll.input.omit({ images: true }), { name, faces: "largest", ...options });
  const answer = await enrolling.run({ ...request, input, photographs: { images: request.photographs[field] ?? [] } });
  const { person, enrolled } = answer as z.output<typeof enroll.output>;
  const [first] = enrolled;
  if (!first) throw new TypeError("enrolling without a face is an error");
  return { person, face: first.face };
}
