/** A calibration stored with its model: every command uses and reports it. */
import { spawn } from "node:child_process";
import { copyFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { locateModel } from "../src/models/model-store.ts";
import type { EmbeddingManifest } from "../src/schemas/model-manifest.ts";
import { MODEL, madeUpPeople, writeFaces } from "./people-around-centres.ts";
import { runInProcess } from "./run-in-process.ts";
import { samplePortrait } from "./sample-photographs.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const main = fileURLToPath(new URL("../src/cli/main.ts", import.meta.url));

let folder: string;
/** Faces for calibration, and too few of them. */
let faces: string;
let fewFaces: string;
/** A copy of the default model as a user's own, under another name. */
let ownModel: string;
const OWN = "own-net.v1";

beforeAll(async () => {
  folder = await temporaryFolder("stored");
  const people = madeUpPeople(Array.from({ length: 60 }, (_, p) => 2 + (p % 4)));
  faces = await writeFaces(join(folder, "faces.jsonl"), people);
  fewFaces = await writeFaces(join(folder, "few.jsonl"), people.slice(0, 60));
  ownModel = join(folder, "own");
  await mkdir(ownModel);
  const { manifest, directory } = await locateModel("embedding");
  await copyFile(join(directory, manifest.model.file), join(ownModel, manifest.model.file));
  await writeFile(join(ownModel, "manifest.json"), JSON.stringify({ ...manifest, id: OWN }));
});

afterEach(() => void vi.unstubAllEnvs());

/** @param data the user's data folder */
async function run(args: readonly string[], data = join(folder, "data")) {
  vi.stubEnv("XDG_DATA_HOME", data);
  return runInProcess(args, { loadsModels: true });
}

async function runAsProcess(args: readonly string[], data = join(folder, "data")) {
  const child = spawn(process.execPath, [main, ...args], { env: { ...process.env, NO_COLOR: "1", XDG_DATA_HOME: data } });
  const closed = new Promise<number>((resolve) => child.once("close", (code) => resolve(code ?? -1)));
  const [exitCode, stdout, stderr] = await Promise.all([closed, text(child.stdout), text(child.stderr)]);
  return { exitCode, stdout, stderr };
}

async function json(args: readonly string[], data = join(folder, "data"), runner = run) {
  const { exitCode, stdout, stderr } = await runner([...args, "--json"], data);
  expect(exitCode).toBe(0);
  expect(stderr).toMatch(/^(facenet: .* done, .*0 failed\.\n)?$/);
  return JSON.parse(stdout.trim().split("\n")[0] as string);
}

const left = await samplePortrait();
const right = left;
const thresholdAt = (thresholds: readonly { far: number; distance: number }[], far: number) =>
  thresholds.find((threshold) => threshold.far === far)?.distance;

describe("facenet calibrate without --output", { timeout: 180_000 }, () => {
  it("stores for a shipped model in the user's data folder; verify, identify, find and cluster use it", async () => {
    const data = join(folder, "shipped");
    const own = await json(["verify", left, right], data);
    expect(own.calibration.from).toBe("model");

    const stored = await json(["calibrate", "--embeddings", faces, "--resamples", "0"], data, runAsProcess);
    expect(stored).toMatchObject({ stored: true, file: join(data, "facenet", "calibrations", `${MODEL}.json`) });
    const origin = { from: "stored", calibratedOn: stored.calibratedOn };
    const verdict = await json(["verify", left, right], data, runAsProcess);
    expect(verdict).toMatchObject({ calibration: origin, threshold: thresholdAt(stored.thresholds, 1e-3) });
    expect(verdict.threshold).not.toBe(own.threshold);
    expect((await run(["verify", left, right], data)).stdout).toContain(`stored with the model: ${stored.calibratedOn}`);

    const gallery = ["--gallery", join(data, "gallery.db")];
    await run(["enroll", "Ann", left, ...gallery], data);
    const found = await json(["find", left, ...gallery], data);
    expect(found).toMatchObject({ calibration: origin, threshold: thresholdAt(stored.thresholds, 1e-3) });
    const who = await json(["identify", left, ...gallery], data);
    expect(who).toMatchObject({ calibration: origin, faces: [{ threshold: thresholdAt(stored.thresholds, 1e-2) }] });
    const clusters = await json(["cluster", ...gallery], data);
    expect(clusters).toMatchObject({ calibration: origin, threshold: thresholdAt(stored.thresholds, 1e-4) });

    const list = await json(["models"], data);
    expect(list.models.find(({ id }: { id: string }) => id === MODEL).calibration).toEqual(origin);
    const elsewhere = await json(["verify", left, right, "--calibration", "own"], data);
    expect(elsewhere).toMatchObject({ calibration: { from: "model" }, threshold: own.threshold });

    expect(await json(["calibrate", "--forget"], data)).toMatchObject({ forgotten: true });
    expect(await json(["verify", left, right], data)).toEqual(own);
    expect(await json(["calibrate", "--forget"], data)).toMatchObject({ forgotten: false });
  });

  it("stores in the manifest of a user's own model, and leaves everything else unchanged", async () => {
    const manifestFile = join(ownModel, "manifest.json");
    const before = await readFile(manifestFile, "utf8");
    const ownFaces = join(folder, "own.jsonl");
    await writeFile(ownFaces, (await readFile(faces, "utf8")).replaceAll(MODEL, OWN));
    const stored = await json(["calibrate", "--embeddings", ownFaces, "--resamples", "0", "--model", ownModel]);
    expect(stored).toMatchObject({ stored: true, model: OWN });
    const { calibration, ...rest } = JSON.parse(await readFile(manifestFile, "utf8")) as EmbeddingManifest;
    expect(rest).toEqual(JSON.parse(before));
    expect(calibration).toMatchObject({ sha256: rest.model.sha256, calibratedOn: stored.calibratedOn });
    expect(await readdir(ownModel)).toHaveLength(2);

    // It belongs to the model: another user's data folder does not contain it.
    const verdict = await json(["verify", left, right, "--model", ownModel], join(folder, "other-user"));
    expect(verdict).toMatchObject({ calibration: { from: "stored" }, threshold: thresholdAt(stored.thresholds, 1e-3) });
    const gallery = ["--gallery", join(folder, "own.db"), "--model", ownModel];
    await run(["enroll", "Ann", left, ...gallery]);
    const clusters = await json(["cluster", ...gallery]);
    expect(clusters).toMatchObject({ calibration: { from: "stored" }, threshold: thresholdAt(stored.thresholds, 1e-4) });

    expect(await json(["calibrate", "--forget", "--model", ownModel])).toMatchObject({ forgotten: true });
    expect(JSON.parse(await readFile(manifestFile, "utf8"))).toEqual(JSON.parse(before));
  });

  it("stores nothing that commands could not use, and reports the requirement", async () => {
    const data = join(folder, "few");
    const few = await run(["calibrate", "--embeddings", fewFaces, "--resamples", "0"], data);
    expect(few).toMatchObject({ exitCode: 3, stdout: "" });
    expect(few.stderr).toMatch(/rates down to 0.001; .* must reach 0.0001, .* about 142 photographs.*--output/s);
    const rates = await run(["calibrate", "--embeddings", faces, "--fars", "1e-2,1e-3"], data);
    expect(rates).toMatchObject({ exitCode: 2 });
    expect(rates.stderr).toMatch(/from 0.0001 to 0.001, .* \(output\)/);
    expect((await json(["verify", left, right], data)).calibration.from).toBe("model");
  });

  it("rejects a calibration of other weights, with a remedy", async () => {
    const data = join(folder, "stale");
    const { file } = await json(["calibrate", "--embeddings", faces, "--resamples", "0"], data);
    const stored = JSON.parse(await readFile(file, "utf8"));
    await writeFile(file, JSON.stringify({ ...stored, sha256: "0".repeat(64) }));
    const stale = await run(["verify", left, right], data);
    expect(stale.exitCode).toBe(3);
    expect(stale.stderr).toMatch(/is for other weights of .*facenet calibrate.*--calibration own/);
    await run(["calibrate", "--forget"], data);
    expect((await run(["verify", left, right], data)).exitCode).toBe(0);
  });

  it("reports before the long computation that it cannot be stored", async () => {
    const data = join(folder, "a-file");
    await writeFile(data, "");
    const refused = await run(["calibrate", "--embeddings", join(folder, "not-there.jsonl")], data);
    expect(refused).toMatchObject({ exitCode: 6 });
    expect(refused.stderr).toMatch(/a-file.facenet.calibrations.*cannot be written \(a part of its path is a file/);
  });
});
