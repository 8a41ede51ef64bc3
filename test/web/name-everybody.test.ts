/** Counts the clicks and keystrokes to name everybody of an album through the page, from the upload on. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { nameAlbum } from "./named-album.ts";
import { obstacle } from "./open-page.ts";

const images = process.env.FACENET_DATA && join(process.env.FACENET_DATA, "lfw", "images");
const [PHOTOGRAPHS, PEOPLE] = [60, 12];
/** 600 for 100 people, which scripts/name-everybody.ts tries on 1,000 photographs. */
const ACTS_PER_PERSON = 6;

it(`${PHOTOGRAPHS} photographs of ${PEOPLE} people are named within ${ACTS_PER_PERSON} clicks and keystrokes per person`, {
  timeout: 300_000,
}, async ({ skip }) => {
  if (obstacle !== undefined) skip(obstacle);
  if (!images || !existsSync(images)) skip("FACENET_DATA with lfw/ is not set");
  const album = await nameAlbum(images as string, { photographs: PHOTOGRAPHS, people: PEOPLE });
  expect(album.named / album.faces).toBeGreaterThanOrEqual(0.98);
  expect(album.misnamed / album.faces).toBeLessThanOrEqual(0.02);
  expect(album.clicks + album.keystrokes).toBeLessThanOrEqual(ACTS_PER_PERSON * PEOPLE);
  expect(album.complaints).toEqual([]);
});
