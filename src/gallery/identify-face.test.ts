import { join } from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import { testFace, testFile, testIdentity } from "../../test/gallery/store-conformance.ts";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { codeDistance } from "../metric/distance.ts";
import { locateModel } from "../models/model-store.ts";
import { openFaceSearch } from "./access/face-search.ts";
import { identificationThreshold, identifyFaces } from "./identify-face.ts";
import { openGalleryStore } from "./store/open-gallery-store.ts";

const { manifest } = await locateModel("embedding");
const rates = manifest.thresholds.map(({ far }) => far);

it("divides the rate of a look-up by the number of people, down to the lowest rate possible", () => {
  for (const { far, distance } of manifest.thresholds)
    expect(identificationThreshold(manifest, far * 20, 20)).toBeCloseTo(distance, 9);
  const people = fc.integer({ min: 1, max: 1_000_000 });
  fc.assert(
    fc.property(people, people, fc.double({ min: 1e-4, max: 0.1, noNaN: true }), (a, b, fpir) => {
      const [few, many] = [Math.min(a, b), Math.max(a, b)];
      const [ofFew, ofMany] = [few, many].map((count) => identificationThreshold(manifest, fpir, count)) as [number, number];
      expect(ofMany).toBeLessThanOrEqual(ofFew);
      expect(ofMany).toBeGreaterThanOrEqual(0);
      // extrapolated below the measured rates
      if (fpir / few < Math.min(...rates) && many > 1.01 * few) expect(ofMany).toBeLessThan(ofFew);
    }),
  );
});

it("names the closest person within the threshold, preferring a named person near both to an unnamed group", async () => {
  const threshold = 1;
  const vector = fc
    .array(fc.integer({ min: -127, max: 127 }), { minLength: 4, maxLength: 4 })
    .filter((code) => Math.hypot(...code) > 60);
  const unit = (code: readonly number[]) => code.map((value) => Math.round((127 * value) / Math.hypot(...code)));
  const people = fc.array(fc.record({ code: vector.map(unit), isNamed: fc.boolean() }), { minLength: 1, maxLength: 6 });
  const weights = fc.option(fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 }), {
    nil: undefined,
  });
  await fc.assert(
    fc.asyncProperty(people, vector.map(unit), weights, async (given, code, by) => {
      const offsetOf = (face: Int8Array): number =>
        by ? face.reduce((sum, value, k) => sum + (value * (by[k] as number)) / 500, 0) : 0;
      const folder = await temporaryFolder("identify");
      const store = await openGalleryStore(join(folder, "gallery.db"));
      try {
        await store.adopt(testIdentity);
        const { faces } = await store.recordFile(
          testFile(
            "a.jpg",
            given.map((one) => testFace(...one.code)),
          ),
        );
        for (const [i, { isNamed }] of given.entries())
          await store.correct({ kind: "create", name: isNamed ? `person ${i}` : null, faces: [faces[i] as number] });
        const names = await store.names();
        const search = await openFaceSearch(store, "exact");
        const probe = Int8Array.from(code);
        const [answer] = await identifyFaces([probe], { search, store, names }, manifest, {
          threshold,
          normalisation: by && { offsetOf },
        });
        await search.close();
        const all = (await Array.fromAsync(store.faces())).map(({ person, code: own }) => {
          const distance = codeDistance(probe, own as Int8Array);
          return { person, code: own as Int8Array, distance, decides: distance + offsetOf(probe) + offsetOf(own as Int8Array) };
        });
        all.sort((a, b) => a.decides - b.decides);
        const near = all.filter(({ decides }) => decides <= threshold);
        const named = near.find(({ person }) => names.get(person as number));
        const isAlike =
          near[0] && named && codeDistance(near[0].code, named.code) + offsetOf(near[0].code) + offsetOf(named.code) <= threshold;
        const expected = isAlike ? named : near[0];
        expect(answer?.distance).toBeCloseTo((expected ?? all[0])?.distance ?? Number.NaN, 5);
        expect(answer?.normalisedDistance).toEqual(by ? expect.closeTo((expected ?? all[0])?.decides ?? Number.NaN, 5) : null);
        if (new Set(all.map(({ decides }) => decides)).size === all.length) expect(answer?.person).toBe(expected?.person ?? null);
        expect(answer?.nearest.map(({ distance }) => distance)).toEqual(
          all.slice(0, 3).map(({ distance }) => expect.closeTo(distance, 5)),
        );
      } finally {
        await store.close();
      }
    }),
    { numRuns: 60 },
  );
});
