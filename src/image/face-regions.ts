/**
 * Named faces in XMP, as defined by the Metadata Working Group (Guidelines for Handling Image Metadata 2.0, section 5.9): mwg-rs
 * regions with a centre and a size as shares of the image. Lightroom and digiKam write and read them.
 *
 * They refer to the stored image, before its EXIF orientation is applied ("Region metadata is applied to the
 * stored image", section 5.4); many programs apply it first. AppliedToDimensions, with width and height swapped in that case,
 * does not settle it: some programs write the dimensions of one and the regions of the other. So a photograph that is not stored
 * upright has two readings; the one whose regions contain faces is right.
 */
import { createRequire } from "node:module";
import { FaceNetError } from "../errors.ts";
import type { Box } from "../schemas/face.ts";
import { toStored, toUpright } from "./orientation.ts";

export type FaceRegion = {
  readonly name: string;
  /** As shares of the upright image, 0 to 1. */
  readonly box: Box;
};

/** The image as stored. */
export type StoredPicture = {
  readonly width: number;
  readonly height: number;
  /** EXIF, 1 to 8 */
  readonly orientation: number;
};

/** The image that regions refer to. */
export type RegionFrame = "stored" | "upright";

/** The named faces of a photograph, read as regions of that image. */
export type RegionReading = { readonly frame: RegionFrame; readonly regions: readonly FaceRegion[] };

/** A centre and a size, as shares of the image. */
type Area = { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
const PARTS = { width: 1, height: 1 };

const require = createRequire(import.meta.url);
/** Loads the parser with the first packet: most commands read none. */
const loadXmlParser = (): typeof import("fast-xml-parser") => require("fast-xml-parser");

/** XML as objects; namespace prefixes are removed, because programs choose their own. */
const objects = {
  ignoreAttributes: false,
  attributeNamePrefix: "",
  removeNSPrefix: true,
  parseTagValue: false,
  parseAttributeValue: false,
  htmlEntities: true, // including numeric ones
};
type Node = { readonly [name: string]: unknown };

/**
 * The named faces; regions of other types, without a name or without a rectangle are skipped.
 *
 * @param xmp a packet, from inside a photograph or its sidecar; invalid XML has no regions
 */
export function readFaceRegions(xmp: string, picture: StoredPicture): readonly FaceRegion[] {
  return readRegionReadings(xmp, picture)[0]?.regions ?? [];
}

/**
 * Both readings of the named faces, the one indicated by AppliedToDimensions first; one reading if the image is
 * stored upright or has no faces.
 */
export function readRegionReadings(xmp: string, picture: StoredPicture): RegionReading[] {
  const regions = regionsOf(xmp);
  if (!regions) return [];
  const { orientation } = picture;
  const written = listOf(regions).flatMap((region): FaceRegion[] => {
    const [name, type] = [textOf(region, "Name"), textOf(region, "Type")];
    const area = areaOf(region);
    return !name || !area || (type !== undefined && type !== "Face") ? [] : [{ name, box: boxOf(area) }];
  });
  const stored = written.map(({ name, box }) => ({ name, box: toUpright(box, orientation, PARTS) }));
  const readings: RegionReading[] = [
    { frame: "stored", regions: stored },
    { frame: "upright", regions: written },
  ];
  if (frameOf(regions, picture) === "upright") readings.reverse();
  return written.length === 0 || orientation <= 1 || orientation > 8 ? readings.slice(0, 1) : readings;
}

/**
 * Adds these regions to a packet.
 *
 * @param xmp the existing packet, otherwise left unchanged; undefined: none
 * @param known the image that existing regions refer to, if detected faces have shown it: new regions then refer to it too
 * @throws FaceNetError SIDECAR_UNUSABLE if the packet's structure is not supported
 */
export function addFaceRegions(
  xmp: string | undefined,
  regions: readonly FaceRegion[],
  picture: StoredPicture,
  file: string,
  known?: RegionFrame,
): string {
  if (xmp === undefined) return packetOf(descriptionOf(regions, picture));
  const refuse = (reason: string) => new FaceNetError("SIDECAR_UNUSABLE", { file, reason });
  const { XMLValidator } = loadXmlParser();
  if (XMLValidator.validate(xmp) !== true) throw refuse("is not well-formed XML");
  const there = regionsOf(xmp);
  const end = there ? endOfList(xmp) : xmp.lastIndexOf("</rdf:RDF>");
  if (end < 0) throw refuse("is XMP with an unsupported structure");
  const added = there
    ? regions.map((region) => itemOf(region, picture, known ?? frameOf(there, picture))).join("")
    : descriptionOf(regions, picture);
  const result = xmp.slice(0, end) + added + xmp.slice(end);
  const expected = readFaceRegions(xmp, picture).length + regions.length;
  if (XMLValidator.validate(result) !== true || readFaceRegions(result, picture).length !== expected)
    throw refuse("has regions with an unsupported structure");
  return result;
}

/** Position of the end of the region list, or -1 if there is no list in the usual form. */
function endOfList(xmp: string): number {
  const start = xmp.indexOf("<mwg-rs:RegionList");
  const end = start < 0 ? -1 : xmp.indexOf("</mwg-rs:RegionList>", start);
  const last = (tag: string) => (end < 0 ? -1 : xmp.slice(0, end).lastIndexOf(tag));
  const place = Math.max(last("</rdf:Bag>"), last("</rdf:Seq>"));
  return place > start ? place : -1;
}

function regionsOf(xmp: string): Node | undefined {
  try {
    const root = new (loadXmlParser().XMLParser)(objects).parse(xmp) as Node;
    const rdf = nodeOf(nodeOf(root, "xmpmeta") ?? nodeOf(root, "xapmeta") ?? root, "RDF");
    const described = nodesOf(rdf, "Description").map((description) => resourceOf(nodeOf(description, "Regions")));
    return described.find((regions) => regions !== undefined);
  } catch {
    return undefined;
  }
}

function listOf(regions: Node): Node[] {
  const list = nodeOf(regions, "RegionList");
  const items = nodesOf(nodeOf(list, "Bag") ?? nodeOf(list, "Seq"), "li");
  return items.map((item) => resourceOf(item) ?? item);
}

/** RDF may wrap properties in a Description of their own. */
function resourceOf(node: Node | undefined): Node | undefined {
  return node && (nodeOf(node, "Description") ?? node);
}

function areaOf(region: Node): Area | undefined {
  const area = resourceOf(nodeOf(region, "Area"));
  const [x, y, w, h] = ["x", "y", "w", "h"].map((name) => Number(textOf(area, name) ?? Number.NaN)) as [
    number,
    number,
    number,
    number,
  ];
  const unit = textOf(area, "unit") ?? "normalized";
  return unit === "normalized" && [x, y].every((value) => value >= 0 && value <= 1) && w > 0 && w <= 1 && h > 0 && h <= 1
    ? { x, y, w, h }
    : undefined;
}

/** What AppliedToDimensions indicates: the upright image if its sides are swapped. */
function frameOf(regions: Node, { width, height, orientation }: StoredPicture): RegionFrame {
  const applied = resourceOf(nodeOf(regions, "AppliedToDimensions"));
  const [w, h] = [Number(textOf(applied, "w")), Number(textOf(applied, "h"))];
  const isSwapped = orientation >= 5 && w > 0 && h > 0 && w > h !== width > height && w !== h;
  return isSwapped ? "upright" : "stored";
}

function nodesOf(node: Node | undefined, name: string): Node[] {
  const found = node?.[name];
  const all: readonly unknown[] = Array.isArray(found) ? found : [found];
  return all.filter((each): each is Node => typeof each === "object" && each !== null);
}

function nodeOf(node: Node | undefined, name: string): Node | undefined {
  return nodesOf(node, name)[0];
}

function textOf(node: Node | undefined, name: string): string | undefined {
  const value = node?.[name];
  return typeof value === "string" ? value.trim() : undefined;
}

function boxOf({ x, y, w, h }: Area): Box {
  return { x: x - w / 2, y: y - h / 2, width: w, height: h };
}

function itemOf({ name, box }: FaceRegion, { orientation }: StoredPicture, frame: RegionFrame = "stored"): string {
  const { x, y, width: w, height: h } = frame === "upright" ? box : toStored(box, orientation, PARTS);
  const [ax, ay, aw, ah] = [x + w / 2, y + h / 2, w, h].map((value) => value.toFixed(6));
  return `<rdf:li xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:mwg-rs="http://www.metadataworkinggroup.com/schemas/regions/" xmlns:stArea="http://ns.adobe.com/xmp/sType/Area#" rdf:parseType="Resource">
      <mwg-rs:Name>${escaped(name)}</mwg-rs:Name>
      <mwg-rs:Type>Face</mwg-rs:Type>
      <mwg-rs:Area stArea:x="${ax}" stArea:y="${ay}" stArea:w="${aw}" stArea:h="${ah}" stArea:unit="normalized"/>
     </rdf:li>
     `;
}

function descriptionOf(regions: readonly FaceRegion[], picture: StoredPicture): string {
  return `<rdf:Description rdf:about="" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:mwg-rs="http://www.metadataworkinggroup.com/schemas/regions/" xmlns:stDim="http://ns.adobe.com/xap/1.0/sType/Dimensions#">
   <mwg-rs:Regions rdf:parseType="Resource">
    <mwg-rs:AppliedToDimensions stDim:w="${picture.width}" stDim:h="${picture.height}" stDim:unit="pixel"/>
    <mwg-rs:RegionList>
     <rdf:Bag>
     ${regions.map((region) => itemOf(region, picture)).join("")}</rdf:Bag>
    </mwg-rs:RegionList>
   </mwg-rs:Regions>
  </rdf:Description>
 `;
}

function packetOf(description: string): string {
  return `<?xpacket begin="\uFEFF" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="facenet">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  ${description}</rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>
`;
}

function escaped(text: string): string {
  const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };
  return text.replace(/[&<>]/g, (character) => entities[character] ?? "").replace(/[^\P{Cc}\t\n\r]/gu, "");
}
