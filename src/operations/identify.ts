import * as z from "zod";
import { galleryIdentity } from "../gallery/access/gallery-identity.ts";
import { calibratedByGallery, loadForGallery } from "../gallery/access/gallery-model.ts";
import { type Identification, identificationThreshold, identifyFaces } from "../gallery/identify-face.ts";
import { openNormalisation } from "../gallery/normalisation.ts";
import { Face } from "../schemas/face.ts";
import {
  flipOption,
  galleryModelOptions,
  galleryOption,
  images,
  lookOptions,
  normalisedAnswer,
  normaliseOption,
  searchAnswer,
  searchOption,
} from "../schemas/options.ts";
import { ThresholdOrigin } from "../schemas/threshold.ts";
import { Liveness } from "../schemas/verdict.ts";
import { defineStream } from "./operation.ts";

const normalisedDistance = z
  .number()
  .nullable()
  .describe("compared with the threshold in place of distance; null: not normalised");

const Who = z.object({
  person: z.int(),
  name: z.string().nullable(),
  distance: z.number(),
  normalisedDistance,
  face: z.int().describe("the person's nearest face"),
});

export const identify = defineStream({
  name: "identify",
  summary: "Identifies the gallery's people in photographs",
  positionals: ["images"],
  examples: [{ command: "facenet identify door.jpg", says: 'a name or "unknown" for every face' }],
  input: z.strictObject({
    images,
    fpir: z
      .number()
      .positive()
      .max(1)
      .default(1e-2)
      .describe(
        "target false positive identification rate: share of strangers who are identified as somebody; the threshold depends on the number of people",
      ),
    ...normaliseOption,
    ...galleryOption,
    ...searchOption,
    ...lookOptions,
    flip: flipOption,
    ...galleryModelOptions,
  }),
  output: z.object({
    image: z.string(),
    width: z.int(),
    height: z.int(),
    ...searchAnswer,
    ...normalisedAnswer,
    calibration: ThresholdOrigin,
    fpir: z.number().describe("target false positive identification rate"),
    liveness: Liveness,
    faces: z.array(
      Face.extend({
        person: z.int().nullable().describe("null: unknown"),
        name: z.string().nullable(),
        distance: z.number().nullable(),
        normalisedDistance,
        threshold: z.number().describe("squared L2, for the target rate and the number of people"),
        strangersAsClose: z.number().nullable(),
        nearest: z.array(Who).describe("nearest people, nearest first"),
      }),
    ),
  }),
  async *run(input, { load, borrowGallery, signal, onProgress }) {
    await using gallery = await borrowGallery(input.gallery);
    const { store } = gallery;
    const facenet = await loadForGallery(store, load, input);
    await store.requireModel(galleryIdentity(facenet.model, facenet.detector));
    const names = await store.names();
    const search = await gallery.search(input.search);
    const own = { manifest: facenet.model, calibration: facenet.calibration };
    const calibrated = await calibratedByGallery(store, own, input.calibration);
    const normalisation = input.normalise === "cohort" ? await openNormalisation(store, calibrated) : undefined;
    const manifest = normalisation?.manifest ?? calibrated.manifest;
    const threshold = identificationThreshold(manifest, input.fpir, names.size);
    const named = ({ person, nearest, ...rest }: Identification) => ({
      ...rest,
      person,
      name: person === null ? null : (names.get(person) ?? null),
      nearest: nearest.map((rival) => ({ ...rival, name: names.get(rival.person) ?? null })),
    });
    for await (const item of facenet.embed(input.images, { ...input, signal, onProgress })) {
      if (!item.ok) {
        yield item;
        continue;
      }
      const { faces, ...image } = item.value;
      const who = await identifyFaces(
        faces.map(({ embedding }) => embedding.code),
        { search, store, names },
        manifest,
        { threshold, normalisation },
      );
      const answers = faces.map(({ embedding: _, ...face }, i) => ({ ...face, ...named(who[i] as Identification) }));
      yield {
        ...item,
        value: {
          ...image,
          search: search.method,
          normalised: normalisation?.normalised ?? null,
          calibration: calibrated.calibration,
          fpir: input.fpir,
          liveness: "not assessed" as const,
          faces: answers,
        },
      };
    }
  },
});
