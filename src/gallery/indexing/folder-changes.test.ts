import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { temporaryFolder } from "../../../test/temporary-folder.ts";
import { FolderChanges } from "./folder-changes.ts";

let root: string;
let abort: AbortController;
let told: string[];
let listening: Promise<void>;
const onTrouble = vi.fn();
beforeEach(async () => {
  root = await temporaryFolder("changes");
  abort = new AbortController();
  told = [];
  onTrouble.mockReset();
});
afterEach(async () => {
  abort.abort();
  await listening;
});

async function listen(...folders: string[]): Promise<FolderChanges> {
  const changes = new FolderChanges(folders, { signal: abort.signal, quietMs: 60, recheckMs: 100, onTrouble });
  await changes.start();
  listening = (async () => {
    for await (const paths of changes) told.push(...paths);
  })();
  return changes;
}
const heard = (...paths: string[]) => vi.waitFor(() => expect(told).toEqual(expect.arrayContaining(paths)), { timeout: 8000 });

test("a folder that disappears, such as with its disk, is reported, and again when it returns, with new files in it", async () => {
  const [photos, away] = [join(root, "photos"), join(root, "away")];
  await mkdir(photos);
  await listen(photos);
  await rename(photos, away);
  await heard(photos);
  told.length = 0;
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(told).toEqual([]); // reported once
  await rename(away, photos);
  await heard(photos);
  told.length = 0;
  await writeFile(join(photos, "a.jpg"), "");
  await heard(join(photos, "a.jpg"));
});

test("a file is pending from the first event until no more events arrive", async () => {
  const changes = await listen(root);
  const path = join(root, "a.jpg");
  await writeFile(path, "");
  await vi.waitFor(() => expect(changes.isPending(path)).toBe(true), { interval: 5 });
  await heard(path);
  expect(changes.isPending(path)).toBe(false);
  expect(onTrouble).not.toHaveBeenCalled();
});
