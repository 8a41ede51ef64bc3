/** Reads a gallery and tries to write to it: `node read-only-child.ts GALLERY` prints both outcomes. */
import { FaceNetError } from "../../src/errors.ts";
import { openGalleryStore } from "../../src/gallery/store/open-gallery-store.ts";

const codeOf = (error: unknown): string => (error instanceof FaceNetError ? error.code : String(error));
try {
  const store = await openGalleryStore(process.argv[2] as string);
  const identity = await store.identity();
  if (identity) await store.adopt(identity); // reads only
  const { photographs } = await store.statistics();
  const written = await store.correct({ kind: "create", name: null, faces: [] }).then(() => "written", codeOf);
  await store.close();
  console.log(JSON.stringify({ photographs, written }));
} catch (error) {
  console.log(JSON.stringify({ opened: codeOf(error) }));
}
