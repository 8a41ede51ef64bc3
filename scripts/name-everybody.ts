/**
 * Counts the clicks and keystrokes to name everybody of an LFW album through the page, in headless Chromium.
 *
 *     npm run build && FACENET_DATA=folder node scripts/name-everybody.ts [PHOTOGRAPHS] [PEOPLE] [SEED]
 *
 * A text counts once, with its final Enter; every other key counts once. The visitor recognises a face only by its picture on the
 * screen (test/web/visitor.ts). Scrolling is not counted.
 */
import { join } from "node:path";
import { nameAlbum } from "../test/web/named-album.ts";

const [photographs = 1000, people = 100, seed = 1] = process.argv.slice(2).map(Number);
if (!process.env.FACENET_DATA) throw new Error("FACENET_DATA must be a folder that has lfw/images");
const start = performance.now();
const { clicks, keystrokes, faces, named, misnamed } = await nameAlbum(join(process.env.FACENET_DATA, "lfw", "images"), {
  photographs,
  people,
  seed,
});
const share = ((100 * named) / faces).toFixed(2);
console.log(
  `${photographs} photographs, ${people} people, seed ${seed}: ${faces} faces of them, ${named} named rightly (${share} %),`,
);
console.log(
  `${misnamed} faces with a wrong name; ${clicks} clicks and ${keystrokes} keystroke sequences: ${clicks + keystrokes};`,
);
console.log(`${Math.round((performance.now() - start) / 1000)} s`);
