/**
 * Throughput of `facenet index` relative to the pipeline: the same files through `facenet.embed` and indexed into a new gallery,
 * in turns; and the cost per file of a run that finds nothing new.
 */
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FaceNet } from "../src/faces/facenet.ts";
import { indexPhotographs } from "../src/gallery/indexing/index-photographs.ts";
import { openGalleryStore } from "../src/gallery/store/open-gallery-store.ts";
import { type Bench, msEach, perSecond, type Row, race, speedOf } from "./measure.ts";
import { lfwPeople, samplePaths, withoutLfw } from "./samples.ts";

const SMALL = 400;
/** Share of the throughput of `facenet.embed`. */
const TARGET_SHARE = 0.85;

export const indexing: Bench = async ({ data }) => {
  const people = await lfwPeople(data);
  if (!people || people.length === 0) return withoutLfw;
  const folder = await mkdtemp(join(tmpdir(), "facenet-bench-"));
  const facenet = await FaceNet.load();
  try {
    // Different photographs: copies are recognised by content and not processed.
    const small = Array.from({ length: SMALL }, (_, i) => people[Math.floor((i * people.length) / SMALL)]?.[0] as string);
    return [
      ...(await throughputRows(facenet, folder, `${SMALL} images of LFW, 250 x 250`, small)),
      ...(await throughputRows(facenet, folder, `${samplePaths.length} photographs of 2 megapixels`, samplePaths)),
      await knownRow(facenet, folder, people.flat()),
    ];
  } finally {
    await facenet.dispose();
    await rm(folder, { recursive: true });
  }
};

async function throughputRows(facenet: FaceNet, folder: string, title: string, paths: readonly string[]): Promise<Row[]> {
  const [embed, index] = ["facenet.embed", "index"];
  let galleries = 0;
  const contestants = {
    [embed]: async () => {
      for await (const item of facenet.embed(paths)) if (!item.ok) throw item.error;
    },
    [index]: async () => {
      const store = await openGalleryStore(join(folder, `${paths.length}-${galleries++}.db`));
      const { added } = await indexPhotographs(paths, { facenet, store });
      await store.close();
      if (added !== paths.length) throw new Error(`${added} of ${paths.length} photographs were added`);
    },
  };
  const lapsOf = await race(contestants, { rounds: 7 });
  const row = (name: string): Row => ({
    name: `${title}: ${name}`,
    unit: "photographs/s",
    value: perSecond(lapsOf(name), paths.length),
  });
  return [
    row(embed),
    {
      ...row(index),
      speed: { times: speedOf(lapsOf(index), lapsOf(embed)), as: embed },
      target: { of: "speed", limit: "at least", number: TARGET_SHARE },
    },
  ];
}

/** All files are in the gallery: each is looked up, none is read. */
async function knownRow(facenet: FaceNet, folder: string, paths: readonly string[]): Promise<Row> {
  const store = await openGalleryStore(join(folder, "known.db"));
  await indexPhotographs(paths.slice(0, 1), { facenet, store }); // stamps the gallery
  for (const path of paths) {
    const { size, mtimeMs } = await stat(path);
    await store.recordFile({
      path,
      bytes: size,
      modifiedMs: mtimeMs,
      hash: path,
      width: 250,
      height: 250,
      takenAt: null,
      faces: [],
    });
  }
  const lapsOf = await race(
    {
      known: async () => {
        const { known } = await indexPhotographs(paths, { facenet, store });
        if (known !== paths.length) throw new Error(`${known} of ${paths.length} files were known`);
      },
    },
    { rounds: 5 },
  );
  await store.close();
  return {
    name: `${paths.length} files that have not changed`,
    unit: "ms a 1000 files",
    value: msEach(lapsOf("known"), paths.length / 1000),
  };
}
