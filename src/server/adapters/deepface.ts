/**
 * deepface's REST API: represent, verify, analyze (rejected), register, search, build/index. Photographs are data URIs in JSON or
 * form fields, or files of a form. Paths and URLs, which deepface also accepts, are rejected: the server opens nothing on behalf
 * of a client. A registered photograph belongs to a person named img_name.
 */
import * as z from "zod";
import { FaceNetError } from "../../errors.ts";
import { DEFAULT_FMR, thresholdForFar } from "../../faces/verdict.ts";
import { galleryIdentity } from "../../gallery/access/gallery-identity.ts";
import { PersonName } from "../../schemas/person-name.ts";
import type { Route, RouteRequest } from "../route.ts";
import { adapterRoutes, enrollFace } from "./adapter-faces.ts";
import {
  Area,
  areaOf,
  confidenceOf,
  type DeepFace,
  deepfaces,
  FaceOptions,
  inMetric,
  Metric,
  requireAvailable,
  squaredL2Of,
} from "./deepface-options.ts";

const adapterRoute = adapterRoutes("deepface", "");
const route = (own: Omit<Parameters<typeof adapterRoute>[0], "method">): Route => adapterRoute({ ...own, method: "post" });

const img = ["img"] as const;

const RepresentRequest = FaceOptions.extend({
  max_faces: z.int().min(1).optional().describe("maximum number of faces, largest first"),
});

async function represent(request: RouteRequest): Promise<unknown> {
  const options = request.input as z.infer<typeof RepresentRequest>;
  const faces = await deepfaces(request, "img", options);
  const results = faces.slice(0, options.max_faces).map((face) => ({
    embedding: [...face.embedding.vector],
    facial_area: areaOf(face),
    face_confidence: face.confidence,
  }));
  return { results };
}

const VerifyRequest = FaceOptions.extend({
  distance_metric: Metric.default("cosine"),
  threshold: z.number().min(0).optional().describe("in the metric; default: the model's, for a false accept rate of 0.001"),
  silent: z.boolean().optional(),
});

/** Of several faces, compares the closest pair, as deepface does. */
async function verify(request: RouteRequest): Promise<unknown> {
  const options = request.input as z.infer<typeof VerifyRequest>;
  const metric = options.distance_metric;
  const start = performance.now();
  const [left, right] = [await deepfaces(request, "img1", options), await deepfaces(request, "img2", options)];
  const facenet = await request.context.load({});
  const pairs = left.flatMap((a) => right.map((b) => ({ a, b, distance: facenet.distance(a.embedding, b.embedding) })));
  const { a, b, distance } = pairs.reduce((best, pair) => (pair.distance < best.distance ? pair : best));
  const { threshold: given } = options;
  const threshold = given === undefined ? thresholdForFar(facenet.model, DEFAULT_FMR) : squaredL2Of(given, metric);
  return {
    verified: distance <= threshold,
    distance: inMetric(distance, metric),
    threshold: given ?? inMetric(threshold, metric),
    confidence: confidenceOf(distance, threshold),
    model: facenet.model.id,
    detector_backend: facenet.detector.id,
    similarity_metric: metric,
    facial_areas: { img1: areaOf(a), img2: areaOf(b) },
    time: Math.round((performance.now() - start) / 10) / 100,
  };
}

const RegisterRequest = FaceOptions.extend({
  img_name: PersonName.optional().describe("name of the person; default: the file name"),
  l2_normalize: z.boolean().optional().describe("ignored: embeddings have unit length"),
});

async function register(request: RouteRequest): Promise<unknown> {
  const options = request.input as z.infer<typeof RegisterRequest>;
  requireAvailable(options);
  const [file] = request.photographs.img ?? [];
  const name = options.img_name ?? (file && file.name !== "img" ? file.name : crypto.randomUUID());
  const { person } = await enrollFace(request, "img", name);
  return { inserted: 1, person };
}

const SearchRequest = FaceOptions.extend({
  distance_metric: Metric.default("cosine"),
  similarity_search: z.boolean().default(false).describe("true: the k most similar faces, of any person"),
  k: z.int().min(1).max(1000).optional().describe("maximum number of faces; 5 by default for a similarity search"),
  l2_normalize: z.boolean().optional().describe("ignored: embeddings have unit length"),
  search_method: z.enum(["exact", "ann"]).default("exact").describe("ignored: the server chooses, and the answer states which"),
});
const Found = z.object({
  id: z.int(),
  img_name: z.string(),
  model_name: z.string(),
  detector_backend: z.string(),
  aligned: z.boolean(),
  l2_normalized: z.boolean(),
  search_method: z.string(),
  target_x: z.int(),
  target_y: z.int(),
  target_w: z.int(),
  target_h: z.int(),
  threshold: z.number(),
  distance_metric: Metric,
  distance: z.number(),
  confidence: z.number(),
});

/** Faces of named people. Like deepface, leaves out faces without a match. */
async function search(request: RouteRequest): Promise<unknown> {
  const { distance_metric: metric, similarity_search: isSimilar, k, ...options } = request.input as z.infer<typeof SearchRequest>;
  const faces: readonly DeepFace[] = await deepfaces(request, "img", options);
  const { model, detector } = await request.context.load({});
  await using gallery = await request.context.borrowGallery(request.settings.gallery);
  const { store } = gallery;
  await store.adopt(galleryIdentity(model, detector));
  const threshold = thresholdForFar(model, DEFAULT_FMR);
  const names = await store.names();
  const searching = await gallery.search("auto");
  const codes = faces.map(({ embedding }) => embedding.code);
  const filter = { assigned: true };
  const found = isSimilar
    ? await searching.nearest(codes, { k: k ?? 5, filter })
    : await searching.within(codes, { distance: threshold, filter });
  const results = found.map((near, i) => {
    const area = areaOf(faces[i] as DeepFace);
    const named = near.flatMap(({ id, person, distance }) => {
      const name = person === null ? null : names.get(person);
      return name ? [{ id, person, name, distance }] : [];
    });
    return named.slice(0, k).map(({ id, person, name, distance }) => ({
      id,
      img_name: name,
      person,
      model_name: model.id,
      detector_backend: detector.id,
      aligned: true,
      l2_normalized: true,
      search_method: searching.method === "index" ? "ann" : "exact",
      target_x: area.x,
      target_y: area.y,
      target_w: area.w,
      target_h: area.h,
      threshold: inMetric(threshold, metric),
      distance_metric: metric,
      distance: inMetric(distance, metric),
      confidence: confidenceOf(distance, threshold),
    }));
  });
  return { results: results.filter((list) => list.length > 0) };
}

const reason = "age, gender, emotion and race are not supported";

export const deepfaceRoutes: readonly Route[] = [
  route({
    name: "represent",
    path: "/represent",
    scope: "read",
    photographs: img,
    summary: "Embeddings of the faces of a photograph",
    input: RepresentRequest,
    output: z.object({
      results: z.array(z.object({ embedding: z.array(z.number()), facial_area: Area, face_confidence: z.number() })),
    }),
    run: represent,
  }),
  route({
    name: "verifyPair",
    path: "/verify",
    scope: "read",
    photographs: ["img1", "img2"],
    summary: "Compares the faces of two photographs",
    input: VerifyRequest,
    output: z.object({
      verified: z.boolean(),
      distance: z.number(),
      threshold: z.number(),
      confidence: z.number().describe("0 to 100; 51 or more: same person"),
      model: z.string(),
      detector_backend: z.string(),
      similarity_metric: Metric,
      facial_areas: z.object({ img1: Area, img2: Area }),
      time: z.number().describe("seconds"),
    }),
    run: verify,
  }),
  route({
    name: "analyze",
    path: "/analyze",
    scope: "read",
    photographs: img,
    summary: `Refused: ${reason}`,
    input: FaceOptions.extend({ actions: z.union([z.string(), z.array(z.string())]).optional() }),
    output: z.object({ results: z.array(z.unknown()) }),
    run: () => Promise.reject(new FaceNetError("OPTION_INVALID", { option: "analyze", reason })),
  }),
  route({
    name: "register",
    path: "/register",
    scope: "write",
    photographs: img,
    summary: "Adds a photograph with one face to the gallery",
    input: RegisterRequest,
    output: z.object({ inserted: z.int() }),
    run: register,
  }),
  route({
    name: "search",
    path: "/search",
    scope: "read",
    audited: true,
    photographs: img,
    summary: "Finds the faces of a photograph among the people of the gallery",
    input: SearchRequest,
    output: z.object({ results: z.array(z.array(Found)).describe("one list per detected face") }),
    run: search,
  }),
  route({
    name: "buildIndex",
    path: "/build/index",
    scope: "write",
    summary: "Does nothing: searches always see the latest changes",
    input: FaceOptions.partial(),
    output: z.object({ message: z.string() }),
    run: () => Promise.resolve({ message: "Index built successfully" }),
  }),
];
