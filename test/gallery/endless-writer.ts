/** Writes photographs of three faces into a gallery until it is killed: `node endless-writer.ts GALLERY`. */
import { openGalleryStore } from "../../src/gallery/store/open-gallery-store.ts";
import { testFace, testFile } from "./store-conformance.ts";

const store = await openGalleryStore(process.argv[2] as string);
for (let i = 0; ; i++) {
  await store.recordFile(testFile(`endless-${i}.jpg`, [testFace(1, 2, 3, 4), testFace(2, 3, 4, 5), testFace(3, 4, 5, 6)]));
  if (i === 10) process.stdout.write("writing\n");
}
