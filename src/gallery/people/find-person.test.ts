import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { temporaryFolder } from "../../../test/temporary-folder.ts";
import type { GalleryStore } from "../store/gallery-store.ts";
import { openGalleryStore } from "../store/open-gallery-store.ts";
import { findPerson } from "./find-person.ts";

let folder: string;
let store: GalleryStore;
const ids: Record<string, number> = {};
const odd = 'Robert\'); DROP TABLE person;-- , "山田" name:x\u001b';
beforeAll(async () => {
  folder = await temporaryFolder("people");
  store = await openGalleryStore(join(folder, "gallery.db"));
  for (const name of ["Anna", "3", "MAX", "Max", odd, "id:1", "name:Anna", "Zoe\u0308"]) {
    ids[name] = (await store.correct({ kind: "create", name, faces: [] })).person as number;
  }
});
afterAll(async () => {
  await store.close();
});

it.each([
  ["Anna", "Anna"],
  ["anna ", "Anna"],
  ["2", "3"], // by its number
  ["id:2", "3"],
  ["name:3", "3"],
  ["Max", "Max"],
  [odd, odd],
  ["name:name:Anna", "name:Anna"],
  ["name:id:1", "id:1"],
  ["id:1", "Anna"], // never a name
  ["zoë", "Zoe\u0308"],
])("%j is %j", async (given, name) => {
  expect((await findPerson(store, given)).id).toBe(ids[name]);
});

it("lists the candidates if the name is ambiguous", async () => {
  const ambiguous = (choices: string) => ({ code: "PERSON_AMBIGUOUS", data: { choices } });
  await expect(findPerson(store, "3")).rejects.toMatchObject(ambiguous("id:2 (3) or id:3 (MAX)"));
  await expect(findPerson(store, "max")).rejects.toMatchObject(ambiguous("id:3 (MAX) or id:4 (Max)"));
  await expect(findPerson(store, "id:99")).rejects.toMatchObject({ code: "PERSON_NOT_FOUND" });
  await expect(findPerson(store, "nobody")).rejects.toMatchObject({ code: "PERSON_NOT_FOUND" });
});
