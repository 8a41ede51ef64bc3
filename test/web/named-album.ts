/** Lets a visitor name everybody of an LFW album, and compares the resulting gallery with the ground truth. */
import { mkdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { createClient } from "../../src/client/create-client.ts";
import { type AlbumOptions, type AlbumPhotograph, personAt, writeLfwAlbum } from "./lfw-album.ts";
import { type Names, nameEverybody } from "./name-everybody.ts";
import { createFolder, openPage } from "./open-page.ts";
import { Visitor } from "./visitor.ts";

export type NamedAlbum = {
  readonly clicks: number;
  /** single keys, and texts with the Enter that ends them */
  readonly keystrokes: number;
  /** people of the album who are missing in the gallery */
  readonly faces: number;
  readonly named: number;
  /** faces of the album's people with a wrong name, and of strangers with any name */
  readonly misnamed: number;
  readonly complaints: readonly string[];
};

/** @param images folder of LFW's images */
export async function nameAlbum(images: string, options: AlbumOptions): Promise<NamedAlbum> {
  const folder = await createFolder();
  await mkdir(join(folder, "album"));
  const album = await writeLfwAlbum(images, join(folder, "album"), options);
  const { page, server, complaints, go, close } = await openPage(folder);
  try {
    const client = createClient({ url: server.url });
    const byName = new Map(album.map((photograph) => [basename(photograph.path), photograph]));
    const shown = new Map<number, Promise<AlbumPhotograph>>();
    const read = async (photograph: number): Promise<AlbumPhotograph> =>
      byName.get(basename((await client.photograph({ photograph })).paths[0] as string)) as AlbumPhotograph;
    const albumPhotograph = (id: number): Promise<AlbumPhotograph> => {
      const known = shown.get(id) ?? read(id);
      shown.set(id, known);
      return known;
    };
    const recognise = async (id: number): Promise<string | undefined> => {
      const { photograph, box } = await client.face({ face: id });
      return personAt(await albumPhotograph(photograph), box);
    };
    const names = namesOf(album);
    const visitor = new Visitor(page, recognise);
    await go("#/people");
    await nameEverybody(
      visitor,
      album.map(({ path }) => path),
      names,
    );

    let [named, misnamed] = [0, 0];
    for (let after: number | null = 0; after !== null; ) {
      const { photographs, next }: Awaited<ReturnType<typeof client.photographs>> = await client.photographs({
        after,
        limit: 500,
      });
      for (const { id } of photographs) {
        for (const { name, box } of (await client.photograph({ photograph: id })).faces) {
          const who = personAt(await albumPhotograph(id), box);
          if (name !== null && name === (who && names.get(who))) named++;
          else if (name !== null) misnamed++;
        }
      }
      after = next;
    }
    const faces = album.reduce((sum, { people }) => sum + people.length, 0);
    return { clicks: visitor.clicks, keystrokes: visitor.keystrokes, faces, named, misnamed, complaints };
  } finally {
    await close();
  }
}

/** Everybody's real name, except that two people share one. */
function namesOf(album: readonly AlbumPhotograph[]): Names {
  const everybody = [...new Set(album.flatMap(({ people }) => people))].sort();
  return new Map(everybody.map((who, i) => [who, i === 1 ? (everybody[0] as string) : who]));
}
