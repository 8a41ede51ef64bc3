import { appendFile, copyFile, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { temporaryFolder } from "../../../test/temporary-folder.ts";
import { FaceNetError } from "../../errors.ts";
import type { FaceNet } from "../../faces/facenet.ts";
import type { IndexEvent } from "../../schemas/index-event.ts";
import type { GalleryStore } from "../store/gallery-store.ts";
import { openGalleryStore } from "../store/open-gallery-store.ts";
import { type WatchOptions, watchFolders } from "./watch-folders.ts";

const QUIET_MS = 200;
const WAIT = { timeout: 15_000, interval: 20 };

/** Finds no faces; files that do not end in "end" count as truncated. */
const facenet = {
  model: { id: "none.none", model: { sha256: "0" }, input: {}, alignment: {}, embedding: { size: 4, codeScale: 1 } },
  detector: { id: "none.none", networks: {} },
  async *embed(sources: AsyncIterable<{ name: string; data: Uint8Array }>) {
    let index = 0;
    for await (const { name: image, data } of sources) {
      const item = { index: index++, image };
      if (Buffer.from(data).toString().endsWith("end")) yield { ...item, ok: true, value: { width: 1, height: 1, faces: [] } };
      else yield { ...item, ok: false, error: new FaceNetError("IMAGE_CORRUPT", { image, reason: "cut short" }) };
    }
  },
} as unknown as FaceNet;

let root: string;
let store: GalleryStore;
let abort: AbortController;
let events: IndexEvent[];
let watching: Promise<unknown> | undefined;
beforeEach(async () => {
  root = await temporaryFolder("watch");
  await mkdir(join(root, "photos"));
  store = await openGalleryStore(join(root, "gallery.db"));
  abort = new AbortController();
  events = [];
});
afterEach(async () => {
  abort.abort();
  await watching;
  await store.close();
});

const at = (name: string) => join(root, "photos", name);
const put = async (name: string, text = `${name} end`) => {
  await mkdir(join(at(name), ".."), { recursive: true });
  await writeFile(at(name), text);
};
const kinds = () => events.map(({ kind, path }) => `${kind} ${path.slice(root.length + "/photos/".length)}`);
const saw = (...expected: string[]) => vi.waitFor(() => expect(kinds()).toEqual(expect.arrayContaining(expected)), WAIT);

async function start(options: Partial<WatchOptions> = {}): Promise<void> {
  const onEvent = (event: IndexEvent) => void events.push(event);
  const given = { facenet, store, signal: abort.signal, quietMs: QUIET_MS, retryMs: 50, onEvent, ...options };
  watching = watchFolders([join(root, "photos")], given);
  watching.catch(() => undefined);
  await saw("watching ");
}

/** By file system events, and by polling. */
describe.each([{}, { pollMs: 150 }] as Partial<WatchOptions>[])("watching with %j", (options) => {
  it("respects patterns, .nomedia and .facenetignore, also in folders added later", async () => {
    await put(".facenetignore", "own/\n*.tif\n");
    await start({ ...options, exclude: ["drafts/"] });
    for (const name of ["@eaDir/a.jpg", "drafts/a.jpg", "deep/drafts/b.jpg", "own/a.jpg", "deep/c.tif"]) await put(name);
    await put("hidden/.nomedia", "");
    await put("hidden/a.jpg");
    await put("hidden/deep/a.jpg");
    await put("deep/kept.jpg");
    await saw("added deep/kept.jpg");
    await put("drafts/later.jpg");
    await put("kept.jpg");
    await saw("added kept.jpg");
    expect(kinds().filter((kind) => kind.startsWith("added"))).toEqual(["added deep/kept.jpg", "added kept.jpg"]);
  });

  it("indexes existing files, then added, changed, moved and removed ones, until it is stopped", async () => {
    await put("a.jpg");
    await put("deep/b.jpg");
    await start(options);
    expect(kinds()).toEqual(expect.arrayContaining(["added a.jpg", "added deep/b.jpg"]));

    await put("c.jpg");
    await put("new/folder/d.jpg");
    await saw("added c.jpg", "added new/folder/d.jpg");
    await put("new/folder/later.jpg");
    await saw("added new/folder/later.jpg");

    events.length = 0;
    await put("a.jpg", "another picture end");
    await saw("added a.jpg");
    await rename(at("deep/b.jpg"), at("b2.jpg"));
    await saw("moved b2.jpg", "gone deep/b.jpg");
    await copyFile(at("c.jpg"), at("copy.jpg"));
    await saw("moved copy.jpg");
    await rename(at("new"), at("renamed"));
    await saw("moved renamed/folder/d.jpg", "gone new/folder/d.jpg", "gone new/folder/later.jpg");
    await put("renamed/folder/e.jpg");
    await saw("added renamed/folder/e.jpg");
    await rm(at("renamed"), { recursive: true });
    await rm(at("c.jpg"));
    await saw("gone renamed/folder/d.jpg", "gone renamed/folder/e.jpg", "gone c.jpg");
    expect(await Array.fromAsync(store.knownPaths())).toEqual([at("a.jpg"), at("b2.jpg"), at("copy.jpg")]);

    abort.abort();
    await watching;
  });

  it("waits until a file has stopped growing", async () => {
    await start(options);
    await put("slow.jpg", "first part, ");
    for (let i = 0; i < 12; i++) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      await appendFile(at("slow.jpg"), "and more, ");
    }
    await appendFile(at("slow.jpg"), "end");
    await saw("added slow.jpg");
    expect(events.filter(({ kind }) => kind === "failed")).toEqual([]);
  });

  it("continues after an unreadable file, and indexes it once it is complete", async () => {
    await start(options);
    await put("bad.jpg", "cut sho");
    await saw("failed bad.jpg");
    await put("good.jpg");
    await saw("added good.jpg");
    await put("bad.jpg");
    await saw("added bad.jpg");
  });

  it("reports a gallery that cannot be written, and retries", async () => {
    let isFull = true;
    const full: GalleryStore = {
      ...store,
      recordFile: (file) => {
        if (isFull) throw new FaceNetError("GALLERY_NOT_WRITABLE", { gallery: "g", reason: "disk full" });
        return store.recordFile(file);
      },
    };
    await start({ ...options, store: full });
    await put("a.jpg");
    await vi.waitFor(() => expect(events.filter(({ kind }) => kind === "trouble").length).toBeGreaterThan(1), WAIT);
    expect(events.find(({ kind }) => kind === "trouble")).toMatchObject({ message: expect.stringContaining("disk full") });
    isFull = false;
    await saw("added a.jpg");
  });
});

describe("watching", () => {
  it("ignores hidden files and files that are not photographs", async () => {
    await start();
    await put(".hidden.jpg");
    await put(".cache/a.jpg");
    await put("list.txt");
    await put("seen.jpg");
    await saw("added seen.jpg");
    expect(kinds()).toEqual(["watching ", "added seen.jpg"]);
  });

  it("is idle while nothing changes", async () => {
    await put("a.jpg");
    await start();
    const before = process.cpuUsage();
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1000).toBeLessThan(300); // ms of 1500: a busy loop takes them all
  });

  it("throws errors of the first pass", async () => {
    await put("a.jpg");
    await store.adopt({ model: "other.model", detector: "none", dimensions: 4, codeScale: 1, preprocessing: "p" });
    const given = { facenet, store, signal: abort.signal };
    await expect(watchFolders([join(root, "photos")], given)).rejects.toMatchObject({ code: "GALLERY_MODEL_MISMATCH" });
  });
});
