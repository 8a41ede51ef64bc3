import { describe, expect, it } from "vitest";
import { contactSheet } from "./contact-sheet.ts";
import { groupName, type Sheet, type SheetFace } from "./sheet.ts";

const pixel = "data:image/gif;base64,R0lGODlhAQABAAAAACw=";
const quality = {
  sizePx: 120.4,
  sharpness: 9,
  yawDegrees: 0,
  pitchDegrees: 0,
  rollDegrees: 0,
  confidence: 1,
  acceptable: false,
  reasons: ["blurred: sharpness 9, below 15"],
};
const face = (photograph: number): SheetFace => ({
  photograph,
  box: { x: 10, y: 2, width: 30, height: 40 },
  quality,
  portrait: pixel,
});

/** Faces 1 and 2 in one photograph, 3 in another; 1 and 3 are one person. */
const sheet: Sheet = {
  photographs: [
    { name: `a "quoted" <b>.jpg`, width: 200, height: 100, picture: pixel },
    { name: "two.jpg", width: 100, height: 200, picture: pixel },
  ],
  faces: [face(0), face(0), face(1)],
  distances: [
    [0, 1.1, 0.5],
    [1.1, 0, 2.25],
    [0.5, 2.25, 0],
  ],
  groups: [[0, 2], [1]],
  failures: [{ image: "x<y>.jpg", message: "no such <file>." }],
  model: "architecture.tag",
  threshold: 1.28,
  falseAcceptRate: 1e-3,
};

describe("contactSheet", () => {
  const page = contactSheet(sheet);

  it("states the numbers of faces and people", () => {
    expect(page).toContain("<h1>3 faces in 2 photographs</h1>");
    expect(page).toContain("<dt>Different people</dt><dd>2</dd>");
    expect(page).toContain("<h3>Person A</h3>");
  });

  it("has a text alternative for each photograph", () => {
    expect(page).toContain(`alt="two.jpg: face 3"`);
    expect(page).toContain(`alt="a &#34;quoted&#34; &#60;b&#62;.jpg: faces 1, 2"`);
  });

  it("escapes names and messages", () => {
    expect(page).not.toContain("<b>");
    expect(page).toContain("x&#60;y&#62;.jpg: no such &#60;file&#62;.");
  });

  it("lists each face with its nearest other and quality problems", () => {
    expect(page).toMatch(/<td class="number">120<\/td>\s*<td class="number">9<\/td>\s*<td class="number">3 \(0\.50\)<\/td>/);
    expect(page).toContain("<td>blurred: sharpness 9, below 15</td>");
  });

  it("explains threshold and false accept rate, and names close faces of the same photograph", () => {
    expect(page).toMatch(/about 1 in 1,000 pairs\s+of different people/);
    expect(page).toContain("This kept apart 1 and 2 (1.10).");
  });

  it("works without faces and failures", () => {
    const empty = contactSheet({ ...sheet, faces: [], distances: [], groups: [], failures: [] });
    expect(empty).toContain("two.jpg: no face found");
    expect(empty).not.toContain("could not be read");
    expect(empty).not.toContain('heat-map"');
  });
});

describe("groupName", () => {
  it("counts like spreadsheet columns", () => {
    expect([0, 25, 26, 51, 52].map(groupName)).toEqual(["A", "Z", "AA", "AZ", "BA"]);
  });
});
