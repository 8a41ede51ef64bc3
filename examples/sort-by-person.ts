/** Copies photographs into one folder per person: `node sort-by-person.ts photos/ sorted/`. */
import { cp, mkdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { Gallery } from "facenet128";

const [folder = "", target = ""] = process.argv.slice(2);
await mkdir(target, { recursive: true });

// The gallery is kept: the next run only reads new photographs, and people keep their names and ids.
const gallery = await Gallery.open(join(target, "gallery.db"), { create: true });
const { failures } = await gallery.index(folder);
for (const { path, message } of failures) console.error(path, message);
await gallery.cluster({ minFaces: 2 });

for (const { id, name } of await gallery.people()) {
  const own = join(target, name ?? `person ${id}`);
  await mkdir(own, { recursive: true });
  const { photographs } = await gallery.find({ person: id });
  for (const { paths } of photographs) for (const path of paths.slice(0, 1)) await cp(path, join(own, basename(path)));
  console.log(`${own}: ${photographs.length} photographs`);
}
await gallery.close();
