import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { allowedPaths } from "./job-handlers.ts";

let root: string;
let album: string;
beforeAll(async () => {
  root = await temporaryFolder("allowed");
  album = join(root, "album");
  await mkdir(join(album, "2019"), { recursive: true });
  await mkdir(join(root, "album-private"));
  await writeFile(join(album, "2019", "a.jpg"), "a");
  await writeFile(join(root, "secret.txt"), "b");
  await symlink(root, join(album, "out"));
  await symlink(join(album, "2019"), join(root, "in"));
});

it("allows a listed folder and everything below it", async () => {
  const paths = [album, join(album, "2019"), join(album, "2019", "a.jpg"), join(album, "2019", "..", "2019")];
  expect(await allowedPaths(paths, [album])).toEqual([album, join(album, "2019"), paths[2], join(album, "2019")]);
});

it("resolves links first: a link into a listed folder is allowed, as its target", async () => {
  expect(await allowedPaths([join(root, "in")], [album])).toEqual([join(album, "2019")]);
  expect(await allowedPaths([join(album, "2019")], [join(root, "in")])).toEqual([join(album, "2019")]);
});

it("allows everything if the file system's root is listed", async () => {
  expect(await allowedPaths([album], ["/"])).toEqual([album]);
});

it("rejects paths outside with the same message as missing ones", async () => {
  const refusals = [
    join(root, "secret.txt"),
    join(root, "album-private"), // begins with the folder's name
    join(album, ".."),
    join(album, "out", "secret.txt"),
    join(album, "none.jpg"),
    join(root, "none.jpg"),
  ].map(async (path) => {
    const error: unknown = await allowedPaths([album, path], [album, join(root, "no-such-folder")]).catch((thrown) => thrown);
    expect(error, path).toMatchObject({ code: "OPTION_INVALID", data: { option: "paths" } });
    return (error as Error).message.replace(path, "PATH");
  });
  expect(new Set(await Promise.all(refusals)).size).toBe(1);
});

it("allows nothing without listed folders", async () => {
  await expect(allowedPaths([album], [])).rejects.toMatchObject({ code: "OPTION_INVALID" });
});
