import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { testFace, testFile } from "../../test/gallery/store-conformance.ts";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import type { GalleryStore } from "../gallery/store/gallery-store.ts";
import { openGalleryStore } from "../gallery/store/open-gallery-store.ts";
import { createContext } from "./context.ts";
import { find } from "./find.ts";

const context = createContext({ signal: new AbortController().signal, onProgress: () => undefined });
const NAMES = ["Anna", "Ben, the elder", "Carl", "Dora"];
/** Who is on each photograph: all sets of the four, a stranger or none, and twice one with an ignored face. */
const photographs = Array.from({ length: 32 }, (_, bits) => ({
  who: NAMES.filter((_, i) => bits & (1 << i)),
  stranger: bits >= 16 ? ("there" as const) : ("none" as const),
})).concat([
  { who: ["Anna"], stranger: "ignored" as never },
  { who: ["Anna", "Carl"], stranger: "ignored" as never },
]);

let gallery: string;
let store: GalleryStore;
beforeAll(async () => {
  gallery = join(await temporaryFolder("find"), "gallery.db");
  store = await openGalleryStore(gallery);
  await store.adopt({ model: "m", detector: "d", dimensions: 4, codeScale: 0.01, preprocessing: "p" });
  const faces: Record<string, number[]> = {};
  for (const [i, { who, stranger }] of photographs.entries()) {
    const shown = [...who, ...(stranger === "none" ? [] : ["stranger"])];
    const known = await store.recordFile(
      testFile(
        `${i}.jpg`,
        shown.map(() => testFace(1, 0, 0, 0)),
      ),
    );
    for (const [at, name] of shown.entries()) {
      const key = name === "stranger" ? stranger : name;
      faces[key] = [...(faces[key] ?? []), known.faces[at] as number];
    }
  }
  for (const name of NAMES) await store.correct({ kind: "create", name, faces: faces[name] ?? [] });
  await store.correct({ kind: "ignore", faces: faces.ignored ?? [], as: "stranger" });
  await store.markMissing(["/photos/1.jpg"]);
});
afterAll(() => store.close());

const ask = (input: object) => find.run(find.input.parse({ gallery, ...input }), context);
const found = async (input: object) =>
  (await ask(input)).photographs.map(({ paths: [path = ""] }) => Number(/(\d+)\.jpg/.exec(path)?.[1])).sort((a, b) => a - b);

describe("photographs of several people", () => {
  it("are those with all of them, with any, or with only these, and with nobody of those without", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.subarray(NAMES, { minLength: 1 }),
        fc.constantFrom("all", "any", "only"),
        fc.subarray(NAMES),
        async (person, match, without) => {
          const expected = photographs.flatMap(({ who, stranger }, i) => {
            const isSought =
              match === "any" ? person.some((name) => who.includes(name)) : person.every((name) => who.includes(name));
            const isAlone = who.length === person.length && stranger !== "there";
            const isFree = !without.some((name) => who.includes(name));
            return isSought && isFree && (match !== "only" || isAlone) ? [i] : [];
          });
          expect(await found({ person, match, ...(without.length > 0 && { without }) })).toEqual(expected);
        },
      ),
      { numRuns: 200 },
    );
  });

  it("say where the face of each is, and which photograph is gone", async () => {
    const { photographs: shown, people, person } = await ask({ person: ["Ben, the elder", "Anna", "Anna"], match: "only" });
    expect(people.map(({ name }) => name)).toEqual(["Ben, the elder", "Anna"]);
    expect(person).toEqual(people[0]);
    expect(shown).toHaveLength(1);
    expect(shown[0]).toMatchObject({ gone: false, width: 640, height: 480, box: { x: 0.5, y: 1, width: 20, height: 30 } });
    expect(shown[0]?.faces.map((face) => face.person)).toEqual([people[0]?.id, people[1]?.id]);
    const { photographs: alone } = await ask({ person: ["Anna"], match: "only" });
    expect(alone.filter(({ gone }) => gone).map(({ paths }) => paths[0])).toEqual(["/photos/1.jpg"]);
  });

  it("need somebody who is sought", async () => {
    await expect(ask({ without: ["Anna"] })).rejects.toMatchObject({ code: "OPTION_INVALID" });
  });
});
