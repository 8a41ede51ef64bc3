/** Two halves of the photographs, with no person in both: one to choose constants with, one to report. */
import type { Detector } from "../../src/faces/detection/detector.ts";
import { FACES_WANTED, type Photograph, photographs } from "./photographs.ts";
import { lfwPeople, readFaces } from "./source-faces.ts";

export const halves = { choosing: { seed: 20, from: 0 }, reporting: { seed: 21, from: 1 } } as const;
export type Half = keyof typeof halves;

const ORDER_SEED = 3;

export type Prepared = { readonly faces: number; readonly skipped: number; photographs(): AsyncGenerator<Photograph> };

/** Draws people for a half and finds their faces; `reference` says where they are. */
export async function preparePhotographs(images: string, half: Half, reference: Detector): Promise<Prepared> {
  const { seed, from } = halves[half];
  const everybody = await lfwPeople(images, ORDER_SEED);
  const people = everybody.slice(from * FACES_WANTED, (from + 1) * FACES_WANTED);
  const { faces, skipped } = await readFaces(images, people, reference);
  return { faces: faces.length, skipped, photographs: () => photographs(faces, seed) };
}
