import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const bin = fileURLToPath(new URL("../bin/facenet.js", import.meta.url));

function run(node: string, args: readonly string[]) {
  return spawnSync(node, args, { encoding: "utf8", env: { ...process.env, NODE_OPTIONS: "" } });
}

/** Runs the command on this Node with a faked version. */
function runAs(version: string) {
  const disguise = `Object.defineProperty(process, "versions", { value: { ...process.versions, node: "${version}" } })`;
  return run(process.execPath, ["--import", `data:text/javascript,${encodeURIComponent(disguise)}`, bin, "--version"]);
}

/** Versions of Node on PATH, by path. */
function nodesOnPath(): { path: string; version: string }[] {
  const name = process.platform === "win32" ? "node.exe" : "node";
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/bin", "/usr/local/bin"];
  const places = [...new Set(folders)].map((folder) => join(folder, name)).filter((path) => existsSync(path));
  return places.map((path) => ({ path, version: run(path, ["--version"]).stdout?.trim().replace(/^v/, "") ?? "" }));
}

function expectRefusal({ status, stdout, stderr }: ReturnType<typeof run>, version: string) {
  expect(stderr).toMatch(
    /^facenet needs Node 22\.18 or later and this is Node .+: install a current one from https:\/\/nodejs\.org\.\n$/,
  );
  expect(stderr).toContain(`this is Node ${version}:`);
  expect(stdout).toBe("");
  expect(status).toBe(1);
}

test("an older Node fails with one sentence: its version, the required one and a remedy", (context) => {
  const older = nodesOnPath().find(({ version }) => Number.parseInt(version, 10) < 22);
  if (!older) return context.skip("no Node older than 22 on this machine");
  expectRefusal(run(older.path, [bin]), older.version);
});

test.each(["14.21.3", "20.20.2", "22.17.1"])("Node %s is refused", (version) => {
  expectRefusal(runAs(version), version);
});

test.each(["22.18.0", "23.0.0", "24.1.0"])("Node %s is not", (version) => {
  expect(runAs(version).stderr).not.toContain("facenet needs Node");
});
