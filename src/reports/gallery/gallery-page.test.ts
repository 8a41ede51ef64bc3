import { describe, expect, it } from "vitest";
import type { GalleryCalibration } from "../../schemas/calibration.ts";
import { type GalleryPage, galleryPage, type Portrait } from "./gallery-page.ts";

const portrait = (face: number, picture: string | undefined = "data:image/jpeg;base64,AAAA"): Portrait => ({
  face,
  path: `/home/someone/photos/party-${face}.jpg`,
  takenAt: face === 1 ? "2019-07-14T12:33:05" : null,
  picture,
});
const statistics = {
  photographs: 1200,
  files: 1201,
  missingFiles: 0,
  failedFiles: 0,
  faces: 3400,
  people: 2,
  namedPeople: 1,
  unassignedFaces: 0,
  ignoredFaces: 0,
  undone: 0,
  corrections: 0,
  forgottenPhotographs: 0,
};
const gallery: GalleryPage = {
  gallery: "/home/someone/gallery.db",
  statistics,
  people: [
    {
      person: { id: 7, name: "Anna <3", faces: 34, photographs: 30, hidden: false, cover: null },
      portraits: [portrait(1), portrait(2)],
    },
    { person: { id: 12, name: null, faces: 1, photographs: 1, hidden: false, cover: null }, portraits: [portrait(3)] },
  ],
  unassigned: [],
  failures: [],
};

const interval = (low: number, high: number) => ({ level: 0.95, low, high });
const calibration: GalleryCalibration = {
  ...{ version: 1, model: "a.b", sha256: "0", compared: "bytes", calibratedOn: "pairs", faces: 900, at: "2026-01-02T03:04:05Z" },
  ...{
    automatic: true,
    lowestFar: 0.0024,
    probability: null,
    cohort: null,
    photographs: 300,
    pairs: 420,
    distinctPairs: 400,
  },
  leftOut: { sameGroup: 0, contactSheets: 0, companions: 0, samePersonTwice: 0 },
  goodnessOfFit: 0.5,
  tail: { share: 0.1, scale: 1, shape: 0 },
  thresholds: [
    {
      ...{ far: 1e-2, distance: 1.234, basis: "gallery", interval: interval(1.2, 1.3), farInterval: interval(0.008, 0.013) },
      ...{ measuredFar: 0.011, measuredInterval: interval(0.004, 0.02), modelDistance: 1.3, modelFar: 0.021 },
    },
  ],
  histogram: { binWidth: 0.05, counts: Array.from({ length: 80 }, (_, bin) => (bin > 22 && bin < 44 ? 20 : 0)) },
  curve: [0.3, 0.1, 0.01, 0.001].map((far, i) => ({ distance: 1.7 - 0.2 * i, far, low: far / 2, high: far * 2 })),
};

describe("galleryPage", () => {
  it("shows distances of strangers, and predicted against measured rates, of a calibrated gallery", () => {
    const text = galleryPage({ ...gallery, calibration });
    expect(text).toContain("Distances of strangers in this gallery");
    expect(text.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ")).toMatch(
      /by facenet index on 2026-01-02 on 400 pairs of different people in 300 photographs .* down to 1 in 416\..* 0\.010 1\.234 gallery 0\.0080 to 0\.013 0\.011 \(0\.0040 to 0\.020\) 1\.300 0\.021/,
    );
    expect(galleryPage(gallery)).not.toContain('id="calibration"');
  });

  const page = galleryPage(gallery);

  it("loads nothing from outside", () => {
    expect(page).not.toMatch(/https?:|<script|<link|@import|url\(/i);
    expect(page).toContain("default-src 'none'");
  });

  it("shows people with name, number of faces and text alternatives", () => {
    expect(page).toContain("<h1>2 people in 1,200 photographs</h1>");
    expect(page).toContain("<h3>Anna &#60;3</h3>");
    expect(page).toContain("34 faces in 30 photographs, 2 shown");
    expect(page).toContain(`alt="Anna &#60;3, from party-1.jpg"`);
    expect(page).toContain("party-1.jpg<br>2019-07-14");
    expect(page.indexOf("Anna")).toBeLessThan(page.indexOf("Person 12"));
    expect(page).toContain("facenet people 12 --name Anna");
  });

  it("marks missing photographs", () => {
    const gone = galleryPage({
      ...gallery,
      people: [{ person: gallery.people[0]?.person as never, portraits: [{ ...portrait(1), picture: undefined }] }],
    });
    expect(gone).toContain(`aria-label="Anna &#60;3, from party-1.jpg">photograph missing`);
    expect(gone).not.toContain("<img");
  });

  it("states what it omits, and how to see it", () => {
    const large = galleryPage({
      ...gallery,
      statistics: { ...statistics, people: 5000, unassignedFaces: 900, failedFiles: 250, missingFiles: 3 },
      unassigned: [portrait(4)],
      failures: Array.from({ length: 250 }, (_, i) => ({ path: `x${i}.jpg`, message: "is damaged" })),
    });
    expect(large).toContain("2 of 5,000 people shown; --people 5000 shows all.");
    expect(large).toContain("1 of 900 faces shown; --unassigned 900 shows all.");
    expect(large).toContain("250 files could not be read");
    expect(large).toContain("100 of 250 failed files shown.");
    expect(large).toContain("<li>x99.jpg: is damaged</li>");
    expect(large).not.toContain("x120.jpg");
    expect(large).toContain("3 files missing from disk since indexing.");
    expect(page).not.toMatch(/people shown|faces shown|files shown/);
  });

  it("explains how to fill an empty gallery", () => {
    const empty = galleryPage({ ...gallery, people: [], statistics: { ...statistics, people: 0, photographs: 0 } });
    expect(empty).toContain("facenet index");
  });
});
