/** Data of a contact sheet. Rendering needs neither files nor models. */
import type { Box, Quality } from "../../schemas/face.ts";

export type SheetPhotograph = {
  readonly name: string;
  /** Size of the upright photograph, pixels; boxes use these coordinates. */
  readonly width: number;
  readonly height: number;
  /** Data URI of the photograph, scaled down. */
  readonly picture: string;
};

export type SheetFace = {
  /** Index of the photograph in the sheet. */
  readonly photograph: number;
  readonly box: Box;
  readonly quality: Quality;
  /** Data URI of the square crop. */
  readonly portrait: string;
};

export type Sheet = {
  readonly photographs: readonly SheetPhotograph[];
  readonly faces: readonly SheetFace[];
  /** [faces, faces] squared L2. */
  readonly distances: readonly (readonly number[])[];
  /** Indices of faces by group, largest group first; every face is in exactly one group. */
  readonly groups: readonly (readonly number[])[];
  readonly failures: readonly { readonly image: string; readonly message: string }[];
  readonly model: string;
  /** Squared L2. */
  readonly threshold: number;
  readonly falseAcceptRate: number;
};

/** Number shown to the reader, from 1. */
export const numberOf = (index: number): number => index + 1;

/** Number of group colours before they repeat. */
export const GROUP_COLOURS = 8;

/** CSS class with the colour of a group of several faces; faces seen once have none. */
export function groupClass(groups: Sheet["groups"], face: number): string {
  const group = groups.findIndex((members) => members.includes(face));
  return group >= 0 && (groups[group]?.length ?? 0) > 1 ? `group-${group % GROUP_COLOURS}` : "single";
}

/** Name of a group of several faces: "A", "B" … "Z", "AA". */
export function groupName(group: number): string {
  const last = String.fromCharCode(65 + (group % 26));
  return group < 26 ? last : groupName(Math.floor(group / 26) - 1) + last;
}
