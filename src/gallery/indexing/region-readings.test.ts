import { describe, expect, it } from "vitest";
import { addFaceRegions, readRegionReadings } from "../../image/face-regions.ts";
import { bestReading, matchRegions } from "./named-regions.ts";

describe("bestReading", () => {
  it.each([2, 3, 4, 5, 6, 7, 8])("infers from the faces which image the regions refer to, at orientation %d", (orientation) => {
    const picture = { width: 400, height: 300, orientation };
    const faces = [{ box: { x: 0.1, y: 0.15, width: 0.1, height: 0.2 } }, { box: { x: 0.4, y: 0.7, width: 0.12, height: 0.2 } }];
    const regions = faces.map(({ box }, i) => ({ name: `P${i}`, box }));
    const storedXmp = addFaceRegions(undefined, regions, picture, "f");
    const uprightXmp = addFaceRegions(undefined, regions, { ...picture, orientation: 1 }, "f");
    for (const [xmp, frame] of [
      [storedXmp, "stored"],
      [uprightXmp, "upright"],
    ] as const) {
      const best = bestReading(readRegionReadings(xmp, picture), faces);
      expect(best?.frame).toBe(frame);
      expect(
        matchRegions(best?.regions ?? [], faces)
          .map(({ region, face }) => [region.name, faces.indexOf(face)])
          .sort(),
      ).toEqual([
        ["P0", 0],
        ["P1", 1],
      ]);
    }
  });

  it("uses the file's own dimensions if no face decides", () => {
    const xmp = addFaceRegions(
      undefined,
      [{ name: "A", box: { x: 0, y: 0, width: 0.1, height: 0.1 } }],
      { width: 4, height: 3, orientation: 6 },
      "f",
    );
    expect(bestReading(readRegionReadings(xmp, { width: 4, height: 3, orientation: 6 }), [])?.frame).toBe("stored");
  });
});
