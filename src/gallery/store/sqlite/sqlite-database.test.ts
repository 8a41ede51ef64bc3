import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { chmod, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { describeGalleryStore, testFace, testFile, testIdentity } from "../../../../test/gallery/store-conformance.ts";
import { insertOldFailures, oldFailures } from "../../../../test/gallery/test-files.ts";
import { temporaryFolder } from "../../../../test/temporary-folder.ts";
import type { NewFace } from "../../../schemas/gallery.ts";
import type { GalleryStore } from "../gallery-store.ts";
import { sqliteMigrations as migrations } from "../sql/migrations.ts";
import { createSqlStore } from "../sql/sql-store.ts";
import { openSqliteDatabase } from "./sqlite-database.ts";

let folder: string;
let opened: GalleryStore[] = [];
beforeEach(async () => {
  folder = await temporaryFolder("gallery");
});
afterEach(async () => {
  for (const store of opened) await store.close();
  opened = [];
});
function open(name = "gallery.db"): GalleryStore {
  const store = createSqlStore(openSqliteDatabase(join(folder, name)));
  opened.push(store);
  return store;
}

describeGalleryStore("a gallery in SQLite", async () => open());

describe("the file", () => {
  it("is persistent, and can be opened twice at the same time", async () => {
    const [one, two] = [open(), open()];
    await one.recordFile(testFile("a.jpg", [testFace(1, 2, 3, 4)]));
    await two.recordFile(testFile("b.jpg", [testFace(4, 3, 2, 1)]));
    expect(await Array.fromAsync(one.faces())).toHaveLength(2);
    expect(await open().statistics()).toMatchObject({ photographs: 2, faces: 2 });
  });

  it("leaves no trace of a forgotten face, not even in a free page or the log", async () => {
    const store = open();
    const code = [101, 57, -99, 44, 11, -88, 77, -66, 55, 44, 33, -22];
    const { photograph } = await store.recordFile(testFile("secret-holiday.jpg", [testFace(...code)], "h1"));
    const bytes = Buffer.from(Int8Array.from(code).buffer);
    const everything = async () =>
      Buffer.concat(await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name)))));
    expect((await everything()).includes(bytes)).toBe(true);
    await store.forgetPhotograph(photograph);
    expect((await everything()).includes(bytes)).toBe(false);
    expect((await everything()).includes("secret-holiday")).toBe(false);
  });

  it("reports a file that is not a gallery, is damaged or too new, or whose folder is missing", async () => {
    await writeFile(
      join(folder, "text.db"),
      "this is a letter, not a database, and it is long enough to have a header".repeat(20),
    );
    expect(() => open("text.db")).toThrowError(
      expect.objectContaining({ code: "GALLERY_NOT_READABLE", message: expect.stringContaining("text.db") }),
    );
    expect(() => open("no/such/folder.db")).toThrowError(expect.objectContaining({ code: "GALLERY_NOT_READABLE" }));
    const newer = new DatabaseSync(join(folder, "newer.db"));
    newer.exec("PRAGMA user_version = 99");
    newer.close();
    expect(() => open("newer.db")).toThrowError(
      expect.objectContaining({ code: "GALLERY_TOO_NEW", data: expect.objectContaining({ actual: 99 }) }),
    );
  });

  it("rejects the database of another program without changing it", async () => {
    const other = new DatabaseSync(join(folder, "other.db"));
    other.exec("CREATE TABLE bookmark (url TEXT)");
    other.close();
    expect(() => open("other.db")).toThrowError(
      expect.objectContaining({ code: "GALLERY_NOT_READABLE", message: expect.stringContaining("another program") }),
    );
    const again = new DatabaseSync(join(folder, "other.db"));
    expect(again.prepare("SELECT name FROM sqlite_schema").all()).toHaveLength(1);
    again.close();
  });

  it("migrates a gallery of an older schema version with its data", async () => {
    const old = new DatabaseSync(join(folder, "old.db"));
    old.exec(`${migrations[0]}; PRAGMA user_version = 1; INSERT INTO person (name) VALUES ('Ada'); ${insertOldFailures}`);
    old.close();
    const store = open("old.db");
    expect(await store.people()).toMatchObject([{ name: "Ada" }]);
    for (const { path, message } of oldFailures) expect(await store.knownFile(path)).toMatchObject({ error: { message } });
    expect(await store.check()).toEqual([]);
  });

  describe("read-only", () => {
    /** Opens, reads and tries to write as an unprivileged user, because root may write everything. */
    const tryIt = async (): Promise<unknown> => {
      const script = fileURLToPath(new URL("../../../../test/gallery/read-only-child.ts", import.meta.url));
      const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
      const child = spawn(process.execPath, [script, join(folder, "gallery.db")], {
        ...nobody,
        stdio: ["ignore", "pipe", "inherit"],
      });
      return JSON.parse(await text(child.stdout));
    };
    beforeEach(async () => {
      const store = open();
      await store.adopt(testIdentity);
      await store.recordFile(testFile("a.jpg", [testFace(1, 2, 3, 4)]));
      for (const each of opened.splice(0)) await each.close();
      await chmod(join(folder, "gallery.db"), 0o444);
    });
    afterEach(() => chmod(folder, 0o755));

    it("can be read, and reports an attempt to write", async (context) => {
      context.skip(process.platform === "win32", "Windows permissions work differently");
      for (const mode of [0o555, 0o777]) {
        await chmod(folder, mode);
        expect(await tryIt()).toEqual({ photographs: 1, written: "GALLERY_NOT_WRITABLE" });
      }
    });

    it("without read permission, cannot be opened", async (context) => {
      context.skip(process.platform === "win32", "Windows permissions work differently");
      await chmod(folder, 0o555);
      await chmod(join(folder, "gallery.db"), 0o000);
      expect(await tryIt()).toEqual({ opened: "GALLERY_NOT_READABLE" });
    });
  });

  it("rolls back a call that fails halfway", async () => {
    const store = open();
    const bad = { ...testFace(1, 2, 3, 4), box: undefined as unknown as NewFace["box"] };
    await expect(store.recordFile(testFile("a.jpg", [testFace(1, 2, 3, 4), bad]))).rejects.toMatchObject({
      code: "GALLERY_NOT_WRITABLE",
    });
    expect(await store.statistics()).toMatchObject({ photographs: 0, files: 0, faces: 0 });
    expect(readFileSync(join(folder, "gallery.db")).length).toBeGreaterThan(0);
  });
});
