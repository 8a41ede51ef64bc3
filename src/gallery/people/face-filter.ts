/** Translates filter options into a gallery filter. */
import { resolve } from "node:path";
import type { FaceFilter } from "../store/gallery-store.ts";

export type FilterInput = {
  readonly folder?: string | undefined;
  readonly takenFrom?: string | undefined;
  readonly takenTo?: string | undefined;
  readonly acceptable: boolean;
};

/** The filter for the given options, or undefined if they exclude nothing. */
export function faceFilter({ folder, takenFrom, takenTo, acceptable }: FilterInput): FaceFilter | undefined {
  if (folder === undefined && takenFrom === undefined && takenTo === undefined && !acceptable) return undefined;
  return {
    folder: folder === undefined ? undefined : resolve(folder),
    takenFrom,
    takenTo,
    acceptable: acceptable ? true : undefined,
  };
}
