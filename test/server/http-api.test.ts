/** Runs the examples of the guide as written, and compares the contract with its snapshot. */
import { execFile } from "node:child_process";
import { copyFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { samplePhotograph, samplePortrait } from "../sample-photographs.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { type RunningProgram, startProgram } from "./running-server.ts";
import { createTestApp } from "./test-app.ts";

const run = promisify(execFile);
let folder: string;
let server: RunningProgram;
beforeAll(async () => {
  folder = await temporaryFolder("guide");
  await copyFile(await samplePortrait(), join(folder, "anna.jpg"));
  await copyFile(samplePhotograph("sample1"), join(folder, "party.jpg"));
  server = await startProgram(folder);
}, 60_000);
afterAll(async () => {
  expect(await server.end("SIGINT")).toBe(0);
});

it("every example of docs/http-api.md works", { timeout: 120_000 }, async ({ skip }) => {
  if (!(await run("curl", ["--version"]).catch(() => undefined))) skip("curl is not installed");
  const guide = await readFile(new URL("../../docs/http-api.md", import.meta.url), "utf8");
  const commands = [...guide.matchAll(/^```sh\n(.*?)^```$/gms)].flatMap(([, block]) => (block ?? "").trim().split("\n"));
  expect(commands.length).toBeGreaterThan(12);
  for (const command of commands) {
    const failing = command.replace("curl -s", "curl -sS --fail-with-body");
    const outcome = await run("sh", ["-c", failing], { cwd: folder, env: { ...process.env, FACENET: server.url } }).catch(
      (error: { stdout: string; stderr: string }) => error,
    );
    expect("code" in outcome ? `${outcome.stdout}${outcome.stderr}` : "", command).toBe("");
  }
});

it("metrics report the duration of a photograph's stages", async () => {
  const body = new Uint8Array(await readFile(await samplePortrait()));
  await fetch(`${server.url}/v1/embed`, { method: "POST", body, headers: { "content-type": "image/jpeg" } });
  const text = await (await fetch(`${server.url}/metrics`)).text();
  for (const stage of ["wait", "decode", "detect", "align", "embed"])
    expect(Number(new RegExp(`facenet_pipeline_seconds_sum{stage="${stage}"} (.+)`).exec(text)?.[1]), stage).toBeGreaterThan(0);
});

it("the contract matches test/server/openapi.snap (npx vitest -u after an intended change)", async () => {
  const { app, dispose } = await createTestApp();
  const document = await (await app.request("/openapi.json")).json();
  await expect(`${JSON.stringify(document, undefined, 2)}\n`).toMatchFileSnapshot("./openapi.snap");
  await dispose();
});
