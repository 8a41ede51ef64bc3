import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { addFaceRegions, type FaceRegion, readFaceRegions } from "./face-regions.ts";

const picture = { width: 4288, height: 2848, orientation: 1 };

/** Format of the Metadata Working Group's guidelines 2.0, section 5.9: a face, and a focus point. */
const guideline = `<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
 <rdf:Description rdf:about="" xmlns:mwg-rs="http://www.metadataworkinggroup.com/schemas/regions/"
   xmlns:stDim="http://ns.adobe.com/xap/1.0/sType/Dimensions#" xmlns:stArea="http://ns.adobe.com/xmp/sType/Area#">
  <mwg-rs:Regions rdf:parseType="Resource">
   <mwg-rs:AppliedToDimensions stDim:w="4288" stDim:h="2848" stDim:unit="pixel"/>
   <mwg-rs:RegionList><rdf:Bag>
    <rdf:li rdf:parseType="Resource">
     <mwg-rs:Area stArea:x="0.5" stArea:y="0.5" stArea:w="0.06" stArea:h="0.09" stArea:unit="normalized"/>
     <mwg-rs:Type>Face</mwg-rs:Type>
     <mwg-rs:Name>John Doe</mwg-rs:Name>
     <mwg-rs:Extensions><rdf:Bag><rdf:li>more</rdf:li></rdf:Bag></mwg-rs:Extensions>
    </rdf:li>
    <rdf:li rdf:parseType="Resource">
     <mwg-rs:Area stArea:x="0.2" stArea:y="0.3" stArea:d="0.3" stArea:unit="normalized"/>
     <mwg-rs:Type>Focus</mwg-rs:Type>
    </rdf:li>
   </rdf:Bag></mwg-rs:RegionList>
  </mwg-rs:Regions>
 </rdf:Description>
</rdf:RDF></x:xmpmeta><?xpacket end="w"?>`;

/** As written by Lightroom: a Description in each item, properties as attributes; other prefixes, an entity. */
const lightroom = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
 <r:Description r:about="" xmlns:m="http://www.metadataworkinggroup.com/schemas/regions/" xmlns:d="d" xmlns:a="a">
  <m:Regions r:parseType="Resource"><m:AppliedToDimensions d:w="4288" d:h="2848" d:unit="pixel"/>
   <m:RegionList><r:Bag>
    <r:li><r:Description m:Name="Zo&#235; &amp; Co" m:Type="Face"><m:Area a:x="0.25" a:y="0.75" a:w="0.1" a:h="0.2"/></r:Description></r:li>
   </r:Bag></m:RegionList></m:Regions></r:Description></r:RDF></x:xmpmeta>`;

/** As in ExifTool's sidecars, and with a Seq in Apple's: every property is an element. */
const exifTool = `<?xpacket begin='' id='W5M0MpCehiHzreSzNTczkc9d'?>
<x:xmpmeta xmlns:x='adobe:ns:meta/' x:xmptk='Image::ExifTool'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>
 <rdf:Description rdf:about='' xmlns:tiff='http://ns.adobe.com/tiff/1.0/'><tiff:Orientation>1</tiff:Orientation></rdf:Description>
 <rdf:Description rdf:about='' xmlns:mwg-rs='http://www.metadataworkinggroup.com/schemas/regions/'
   xmlns:stArea='http://ns.adobe.com/xmp/sType/Area#' xmlns:stDim='http://ns.adobe.com/xap/1.0/sType/Dimensions#'>
  <mwg-rs:Regions rdf:parseType='Resource'>
   <mwg-rs:AppliedToDimensions rdf:parseType='Resource'><stDim:h>2848</stDim:h><stDim:w>4288</stDim:w></mwg-rs:AppliedToDimensions>
   <mwg-rs:RegionList><rdf:Bag><rdf:li rdf:parseType='Resource'>
    <mwg-rs:Area rdf:parseType='Resource'>
     <stArea:h>0.2</stArea:h><stArea:unit>normalized</stArea:unit><stArea:w>0.1</stArea:w><stArea:x>0.25</stArea:x><stArea:y>0.75</stArea:y>
    </mwg-rs:Area><mwg-rs:Name>Zoë &amp; Co</mwg-rs:Name><mwg-rs:Type>Face</mwg-rs:Type>
   </rdf:li></rdf:Bag></mwg-rs:RegionList></mwg-rs:Regions></rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end='w'?>`;
const apple = exifTool.replaceAll("rdf:Bag", "rdf:Seq");

function closeTo({ name, box: { x, y, width, height } }: FaceRegion) {
  const near = (value: number) => expect.closeTo(value, 5);
  return { name, box: { x: near(x), y: near(y), width: near(width), height: near(height) } };
}

describe("readFaceRegions", () => {
  it("reads the guidelines' format: faces with names, centres converted to corners", () => {
    const john = { name: "John Doe", box: { x: 0.47, y: 0.455, width: 0.06, height: 0.09 } };
    expect(readFaceRegions(guideline, picture)).toEqual([closeTo(john)]);
  });

  it("reads the other notations", () => {
    const zoe = { name: "Zoë & Co", box: { x: 0.2, y: 0.65, width: 0.1, height: 0.2 } };
    for (const xmp of [lightroom, exifTool, apple]) expect(readFaceRegions(xmp, picture)).toEqual([closeTo(zoe)]);
  });

  it.each([
    "",
    "no XML",
    "<a/>",
    "<x:xmpmeta",
    guideline.replace("normalized", "pixel"),
    guideline.replace('w="0.06"', 'w="a lot"'),
  ])("finds none in %.20j", (xmp) => {
    expect(readFaceRegions(xmp, picture)).toEqual([]);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])("turns regions as EXIF orientation %d turns the picture", async (orientation) => {
    // A stored white rectangle on black; sharp determines its place in the upright picture.
    const [width, height] = [80, 40];
    const area = { left: 8, top: 4, width: 16, height: 12 };
    const white = await sharp({ create: { width: area.width, height: area.height, channels: 3, background: "white" } })
      .png()
      .toBuffer();
    const stored = await sharp({ create: { width, height, channels: 3, background: "black" } })
      .composite([{ input: white, left: area.left, top: area.top }])
      .withMetadata({ orientation })
      .png()
      .toBuffer();
    const { data, info } = await sharp(stored).autoOrient().greyscale().raw().toBuffer({ resolveWithObject: true });
    const lit = Array.from(data, (value, i) => ({ value, x: i % info.width, y: Math.floor(i / info.width) })).filter(
      ({ value }) => value > 127,
    );
    const [x, y] = [Math.min(...lit.map((at) => at.x)), Math.min(...lit.map((at) => at.y))];
    const box = {
      x: x / info.width,
      y: y / info.height,
      width: (Math.max(...lit.map((at) => at.x)) + 1 - x) / info.width,
      height: (Math.max(...lit.map((at) => at.y)) + 1 - y) / info.height,
    };
    const of = { width, height, orientation };
    const centre = { x: (area.left + area.width / 2) / width, y: (area.top + area.height / 2) / height };
    const xmp = guideline
      .replace(
        'x="0.5" stArea:y="0.5" stArea:w="0.06" stArea:h="0.09"',
        `x="${centre.x}" stArea:y="${centre.y}" stArea:w="0.2" stArea:h="0.3"`,
      )
      .replace('w="4288" stDim:h="2848"', 'w="80" stDim:h="40"');
    expect(readFaceRegions(xmp, of)).toEqual([closeTo({ name: "John Doe", box })]);
    // and back
    expect(readFaceRegions(addFaceRegions(undefined, [{ name: "A", box }], of, "f"), of)).toEqual([closeTo({ name: "A", box })]);
    expect(addFaceRegions(undefined, [{ name: "A", box }], of, "f")).toContain(`stArea:x="${centre.x.toFixed(6)}"`);
  });

  it("keeps regions whose dimensions are those of the upright picture", () => {
    const turned = { width: 2848, height: 4288, orientation: 6 }; // AppliedToDimensions says 4288 x 2848
    expect(readFaceRegions(guideline, turned)[0]?.box.width).toBeCloseTo(0.06, 9);
    expect(readFaceRegions(guideline, { ...turned, width: 4288, height: 2848 })[0]?.box.width).toBeCloseTo(0.09, 9);
  });
});

describe("addFaceRegions", () => {
  const anna: FaceRegion = { name: 'Anna <"&"> Müller', box: { x: 0.1, y: 0.2, width: 0.1, height: 0.15 } };

  it("writes a packet that can be read", () => {
    expect(readFaceRegions(addFaceRegions(undefined, [anna], picture, "f"), picture)).toEqual([closeTo(anna)]);
  });

  it("keeps content of other programs unchanged", () => {
    const rated = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
      <rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="5"/><!-- mine --></rdf:RDF></x:xmpmeta>`;
    for (const [before, there] of [
      [rated, 0],
      [guideline, 1],
      [exifTool, 1],
      [apple, 1],
    ] as const) {
      const after = addFaceRegions(before, [anna], picture, "f");
      expect(readFaceRegions(after, picture)).toHaveLength(there + 1);
      expect(readFaceRegions(after, picture)).toContainEqual(closeTo(anna));
      const start = [...before].findIndex((character, i) => character !== after[i]);
      expect(before.endsWith(after.slice(after.length - (before.length - start)))).toBe(true);
      expect(after.startsWith(before.slice(0, start))).toBe(true);
    }
  });

  it.each(["", "a letter", "<open>", "<a/>", lightroom])("rejects input that it cannot extend: %.20j", (xmp) => {
    expect(() => addFaceRegions(xmp, [anna], picture, "photo.jpg.xmp")).toThrowError(
      expect.objectContaining({ code: "SIDECAR_UNUSABLE", message: expect.stringContaining("photo.jpg.xmp") }),
    );
  });
});
