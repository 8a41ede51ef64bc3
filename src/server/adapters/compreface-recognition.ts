/** CompreFace's services on photographs: recognition, verification against a stored face, detection, verification. */
import * as z from "zod";
import { FaceNetError } from "../../errors.ts";
import { DEFAULT_FMR, thresholdForFar } from "../../faces/verdict.ts";
import { galleryIdentity } from "../../gallery/access/gallery-identity.ts";
import { identificationThreshold, identifyFaces } from "../../gallery/identify-face.ts";
import { codeDistance } from "../../metric/distance.ts";
import type { EmbeddedFace } from "../../schemas/face.ts";
import type { Route, RouteRequest } from "../route.ts";
import { comprefaceRoute, facesIn } from "./adapter-faces.ts";
import { exampleOf } from "./compreface-examples.ts";
import {
  FaceQuery,
  FaceRecord,
  faceOf,
  faceOptions,
  faceRecord,
  ImageId,
  limited,
  pluginsVersions,
  similarityOf,
  versionsOf,
} from "./compreface-faces.ts";

/** False positive identification rate over the whole gallery. */
const IDENTIFICATION_FAR = 1e-2;
/** Nearest people considered; those without a name are dropped. */
const RIVALS = 50;

const RecognizeQuery = FaceQuery.extend({
  prediction_count: z.int().min(1).max(RIVALS).default(1).describe("people per face, most similar first"),
});
const Subject = z.object({ subject: z.string(), similarity: z.number() });

async function recognize(request: RouteRequest): Promise<unknown> {
  const query = request.input as z.infer<typeof RecognizeQuery>;
  const start = performance.now();
  const faces = limited(await facesIn(request, "file", faceOptions(query)), query);
  const { model, detector } = await request.context.load({});
  await using gallery = await request.context.borrowGallery(request.settings.gallery);
  const { store } = gallery;
  await store.adopt(galleryIdentity(model, detector));
  const names = await store.names();
  const threshold = identificationThreshold(model, IDENTIFICATION_FAR, names.size);
  const codes = faces.map(({ embedding }) => embedding.code);
  const search = await gallery.search("auto");
  const found = await identifyFaces(codes, { search, store, names }, model, { threshold, rivals: RIVALS });
  const subjects = found.map(({ nearest }) => {
    const named = nearest.flatMap(({ person, distance }) => {
      const subject = names.get(person);
      return subject ? [{ person, subject, similarity: similarityOf(distance, threshold) }] : [];
    });
    return named.slice(0, query.prediction_count);
  });
  const elapsedMs = performance.now() - start;
  const result = faces.map((face, i) => ({ ...faceRecord(face, query, elapsedMs), subjects: subjects[i] }));
  return { result, ...versionsOf(request, query) };
}

const Matches = z.array(FaceRecord.extend({ similarity: z.number() }));

/** Similarity of the faces of a photograph to another face. */
async function matchesOf(
  request: RouteRequest,
  query: FaceQuery,
  faces: readonly EmbeddedFace[],
  distanceOf: (face: EmbeddedFace) => number,
  start: number,
): Promise<z.infer<typeof Matches>> {
  const { model } = await request.context.load({});
  const threshold = thresholdForFar(model, DEFAULT_FMR);
  const elapsedMs = performance.now() - start;
  return limited(faces, query).map((face) => {
    return { ...faceRecord(face, query, elapsedMs), similarity: similarityOf(distanceOf(face), threshold) };
  });
}

async function verifyExample(request: RouteRequest): Promise<unknown> {
  const { image_id: imageId, ...query } = request.input as FaceQuery & { image_id: string };
  const start = performance.now();
  const { code, person } = await exampleOf(request, faceOf(imageId));
  if (!code) throw new FaceNetError("FACE_NOT_FOUND", { image: imageId }); // drawn by hand, with too little visible to embed
  const faces = await facesIn(request, "file", faceOptions(query));
  const result = await matchesOf(request, query, faces, ({ embedding }) => codeDistance(embedding.code, code), start);
  return { result, ...versionsOf(request, query), person };
}

async function detect(request: RouteRequest): Promise<unknown> {
  const query = request.input as FaceQuery;
  const start = performance.now();
  const faces = limited(await facesIn(request, "file", faceOptions(query)), query);
  const elapsedMs = performance.now() - start;
  return { result: faces.map((face) => faceRecord(face, query, elapsedMs)), ...versionsOf(request, query) };
}

async function verify(request: RouteRequest): Promise<unknown> {
  const query = request.input as FaceQuery;
  const start = performance.now();
  const [source] = (await facesIn(request, "source_image", faceOptions(query))) as [EmbeddedFace];
  const faces = await facesIn(request, "target_image", faceOptions(query));
  const facenet = await request.context.load({});
  const matches = await matchesOf(request, query, faces, ({ embedding }) => facenet.distance(source.embedding, embedding), start);
  const face = faceRecord(source, query, performance.now() - start);
  return { result: [{ source_image_face: face, face_matches: matches, ...versionsOf(request, query) }] };
}

export const recognitionRoutes: readonly Route[] = [
  comprefaceRoute({
    name: "recognize",
    method: "post",
    path: "/recognition/recognize",
    scope: "read",
    audited: true,
    photographs: ["file"],
    summary: "Recognises the faces of a photograph",
    input: RecognizeQuery,
    output: z.object({ result: z.array(FaceRecord.extend({ subjects: z.array(Subject) })), ...pluginsVersions }),
    run: recognize,
  }),
  comprefaceRoute({
    name: "verifyExample",
    method: "post",
    path: "/recognition/faces/{image_id}/verify",
    scope: "read",
    audited: true,
    photographs: ["file"],
    summary: "Compares the faces of a photograph with a stored one",
    input: FaceQuery.extend({ image_id: ImageId }),
    output: z.object({ result: Matches, ...pluginsVersions }),
    run: verifyExample,
  }),
  comprefaceRoute({
    name: "detectFaces",
    method: "post",
    path: "/detection/detect",
    scope: "read",
    photographs: ["file"],
    summary: "Finds the faces of a photograph",
    input: FaceQuery,
    output: z.object({ result: z.array(FaceRecord), ...pluginsVersions }),
    run: detect,
  }),
  comprefaceRoute({
    name: "verifyFaces",
    method: "post",
    path: "/verification/verify",
    scope: "read",
    photographs: ["source_image", "target_image"],
    summary: "Compares the largest face of one photograph with the faces of another",
    input: FaceQuery,
    output: z.object({
      result: z.array(z.object({ source_image_face: FaceRecord, face_matches: Matches, ...pluginsVersions })),
    }),
    run: verify,
  }),
];
