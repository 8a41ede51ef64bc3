import * as z from "zod";
import { farAtDistance } from "../../faces/verdict.ts";
import { inSearchedGallery } from "../../gallery/access/borrow-gallery.ts";
import { galleryModel } from "../../gallery/access/gallery-model.ts";
import { likelyPeople } from "../../gallery/people/likely-people.ts";
import { galleryOption, modelOptions } from "../../schemas/options.ts";
import { defineAnswer } from "../operation.ts";

const UnassignedFace = z.object({
  id: z.int(),
  photograph: z.int(),
  distance: z.number().nullable().describe("to the nearest face of the person, squared L2; null if no person is near"),
  strangersAsClose: z.number().nullable().describe("share of impostor pairs at least as close"),
});
type UnassignedFace = z.infer<typeof UnassignedFace>;

export const listUnassigned = defineAnswer({
  name: "list unassigned",
  summary: "Lists unassigned faces of the gallery, grouped by their most likely person",
  input: z.strictObject({
    limit: z.int().min(1).max(20_000).default(5000).describe("maximum number of faces, best quality first"),
    model: z.string().optional(),
    calibration: modelOptions.calibration,
    ...galleryOption,
  }),
  output: z.object({
    total: z.int().describe("unassigned faces"),
    groups: z
      .array(
        z.object({
          person: z
            .object({ id: z.int(), name: z.string().nullable(), cover: z.int().nullable() })
            .nullable()
            .describe("null: faces without a near person"),
          faces: z.array(UnassignedFace).describe("nearest first"),
        }),
      )
      .describe("named people first, then by nearest face; last the faces without a near person, largest first"),
  }),
  run: ({ limit, model, calibration, gallery }, context) =>
    inSearchedGallery(context, gallery, async (store, search) => {
      const identity = await store.identity();
      const all = await Array.fromAsync(store.faces({ person: null, ignored: false, embedded: true }));
      if (!identity || all.length === 0) return { total: all.length, groups: [] };
      const { manifest } = await galleryModel(store, identity, { model, calibration });
      const faces = all.sort((a, b) => worth(b) - worth(a)).slice(0, limit);
      const farthest = Math.max(...manifest.thresholds.map(({ distance }) => distance));
      const likely = await likelyPeople(store, search, faces, { rivals: 1 });
      const groups = new Map<number | null, UnassignedFace[]>();
      for (const [i, { id, photograph }] of faces.entries()) {
        const nearest = likely[i]?.find(({ distance }) => distance <= farthest);
        const distance = nearest?.distance ?? null;
        const strangersAsClose = distance === null ? null : farAtDistance(manifest, distance);
        const group = groups.get(nearest?.person ?? null) ?? [];
        group.push({ id, photograph, distance, strangersAsClose });
        groups.set(nearest?.person ?? null, group);
      }
      const names = await store.names();
      const covers = await store.covers([...groups.keys()].filter((id) => id !== null));
      const listed = [...groups].map(([id, group]) => ({
        person: id === null ? null : { id, name: names.get(id) ?? null, cover: covers.get(id) ?? null },
        faces: id === null ? group : group.sort((a, b) => (a.distance as number) - (b.distance as number)),
      }));
      return { total: all.length, groups: listed.sort((a, b) => rank(a) - rank(b)) };
    }),
});

/** Sort key: acceptable faces first, then by size. */
function worth({ quality }: { readonly quality: { readonly acceptable: boolean; readonly sizePx: number } }): number {
  return quality.sizePx + (quality.acceptable ? 1e6 : 0);
}

function rank({ person, faces }: { person: { name: string | null } | null; faces: readonly UnassignedFace[] }): number {
  return (person === null ? 20 : person.name === null ? 10 : 0) + (faces[0]?.distance ?? 0);
}
