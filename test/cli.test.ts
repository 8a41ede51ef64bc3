/** The real program on real photographs: each command as a child process, its further options in this process. */
import { spawn } from "node:child_process";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DetectedImage } from "../src/schemas/face.ts";
import { Comparison, Verdict } from "../src/schemas/verdict.ts";
import { disposeModels, type ProgramResult, runInProcess } from "./run-in-process.ts";
import { samplePortrait } from "./sample-photographs.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const main = fileURLToPath(new URL("../src/cli/main.ts", import.meta.url));
const samples = join(dirname(createRequire(import.meta.url).resolve("@vladmandic/face-api/package.json")), "demo");
const sample = (number: number): string => join(samples, `sample${number}.jpg`);
const allSamples = [1, 2, 3, 4, 5, 6].map(sample);
/** Number of faces in each sample, counted by eye. */
const portrait = await samplePortrait();
const faceCounts = [3, 3, 3, 4, 5, 4];

type Started = { env?: Record<string, string>; input?: string };

function start(args: readonly string[], { env = {}, input = "" }: Started = {}) {
  const child = spawn(process.execPath, [main, ...args], { env: { ...process.env, NO_COLOR: "1", ...env } });
  child.stdin.end(input);
  const closed = new Promise<number | null>((resolve) => child.once("close", resolve));
  return { child, result: Promise.all([closed, text(child.stdout), text(child.stderr)]) };
}

async function run(args: readonly string[], options?: Started) {
  const [exitCode, stdout, told] = await start(args, options).result;
  // Progress lines appear if a run takes long, for example on a busy machine.
  return { exitCode, stdout, stderr: told.replace(/^\d+(\/\d+)? photographs, .*\n/gm, "") };
}

const jsonLines = (stdout: string) =>
  stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));

let folder: string;
beforeAll(async () => {
  folder = await temporaryFolder("cli");
});
afterAll(disposeModels);

describe("detect", () => {
  test("--json prints one object per photograph, in order, with exactly these fields", async () => {
    const { exitCode, stdout, stderr } = await run(["detect", ...allSamples, "--json"]);
    const records = jsonLines(stdout);
    expect(records.map(({ image }) => image)).toEqual(allSamples);
    expect(records.map(({ faces }) => faces.length)).toEqual(faceCounts);
    for (const record of records) {
      expect(Object.keys(record)).toEqual(["image", "width", "height", "faces"]);
      expect(Object.keys(record.faces[0])).toEqual(["box", "landmarks", "confidence", "quality"]);
      expect(DetectedImage.parse(record)).toEqual(record);
    }
    expect([exitCode, stderr]).toEqual([0, "facenet: 6 photographs done, 0 failed.\n"]);
  });

  test("a failed photograph is a JSON line, too, and the exit code is 1", async () => {
    const { exitCode, stdout } = await run(["detect", "missing.jpg", sample(2), samples, "--json"]);
    const [missing, found, directory] = jsonLines(stdout);
    expect(missing).toEqual({
      image: "missing.jpg",
      error: { code: "IMAGE_NOT_FOUND", message: "no such file. Check the path." },
    });
    expect(found.faces).toHaveLength(3);
    expect(directory.error.code).toBe("IMAGE_IS_DIRECTORY");
    expect(exitCode).toBe(1);
  });

  test("text output has a line per face, and failures on standard error", async () => {
    const { exitCode, stdout, stderr } = await run(["detect", sample(1), sample(2), "missing.jpg"]);
    const lines = stdout.trimEnd().split("\n");
    expect(lines[0]).toMatch(/^image +face +box +confidence +size +quality$/);
    expect(lines).toHaveLength(1 + 6);
    expect(lines[4]).toMatch(/sample2\.jpg +0 +\d+,\d+ \d+x\d+ +\d\.\d{3} +\d+ px +good$/);
    expect(stderr).toBe(
      "facenet: 1 of 3 photographs failed:\n  missing.jpg: no such file. Check the path.\nfacenet: 2 photographs done, 1 failed.\n",
    );
    expect(exitCode).toBe(1);
  });

  test("photographs come from a list, from standard input and from folders", async () => {
    const list = join(folder, "list.txt");
    await writeFile(list, `${sample(2)}\n`);
    const fromFile = await runInProcess(["detect", "--from", list, "--json"]);
    const fromInput = await run(["detect", "-", "--json"], { input: `${sample(2)}\n` });
    expect(fromInput.stdout).toBe(fromFile.stdout);
    expect(jsonLines(fromFile.stdout)[0].image).toBe(sample(2));
    const recursive = await runInProcess(["detect", samples, "--recursive", "--json"]);
    expect(jsonLines(recursive.stdout).map(({ image }) => image)).toEqual(expect.arrayContaining(allSamples));
  });

  test("options come from the environment, and the command line takes precedence", async () => {
    const env = { FACENET_FACES: "largest" };
    expect(jsonLines((await run(["detect", sample(1), "--json"], { env })).stdout)[0].faces).toHaveLength(1);
    expect(
      jsonLines((await runInProcess(["detect", sample(1), "--json", "--faces", "all"], { env })).stdout)[0].faces,
    ).toHaveLength(3);
  });
});

describe("align", () => {
  test("writes a PNG per face; size and margin give the reference crop", async () => {
    const output = join(folder, "faces");
    const { exitCode, stdout } = await run(["align", sample(1), "--output", output, "--margin", "32", "--json"]);
    expect(exitCode).toBe(0);
    expect(await readdir(output)).toEqual(["sample1_0.png", "sample1_1.png", "sample1_2.png"]);
    expect(jsonLines(stdout)[0].faces[1].crop).toEqual({ file: join(output, "sample1_1.png"), width: 160, height: 160 });
    const png = await readFile(join(output, "sample1_1.png"));
    expect([png.toString("latin1", 1, 4), png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual(["PNG", 160, 160]);
  });
});

describe("verify", () => {
  test("--json prints the verdict; both verdicts exit with 0", async () => {
    const same = await run(["verify", portrait, portrait, "--json"]);
    const verdict = JSON.parse(same.stdout);
    expect(Verdict.strict().parse(verdict)).toEqual(verdict);
    expect(verdict).toMatchObject({ verified: true, distance: 0, falseAcceptRate: 0.001 });
    const different = await runInProcess(["verify", sample(2), sample(6), "--faces", "largest", "--json"]);
    expect(JSON.parse(different.stdout).verified).toBe(false);
    expect([same.exitCode, different.exitCode]).toEqual([0, 0]);
  });

  test("with --exit-code, different people exit with 10", async () => {
    const { exitCode, stdout } = await run(["verify", sample(2), sample(6), "--faces", "largest", "--exit-code"]);
    expect(stdout).toMatch(/^Different people: the distance \d\.\d{3} is above the threshold \d\.\d{3} /);
    expect(exitCode).toBe(10);
  });
});

test("compare: a symmetric distance for each pair of faces", async () => {
  const { exitCode, stdout } = await run(["compare", sample(1), sample(2), "missing.jpg", "--json"]);
  const comparison = Comparison.parse(JSON.parse(stdout));
  expect(comparison.faces.map(({ image, index }) => [image, index])).toEqual([
    [sample(1), 0],
    [sample(1), 1],
    [sample(1), 2],
    [sample(2), 0],
    [sample(2), 1],
    [sample(2), 2],
  ]);
  for (const [i, row] of comparison.distances.entries()) {
    expect(row[i]).toBe(0);
    for (const [j, distance] of row.entries()) expect(distance).toBe(comparison.distances[j]?.[i]);
  }
  expect(comparison.failures).toMatchObject([{ image: "missing.jpg", code: "IMAGE_NOT_FOUND" }]);
  expect(exitCode).toBe(1);
});

describe("embed", () => {
  test("the three formats contain the same vectors", async () => {
    const [jsonl, csv, npy] = ["e.jsonl", "e.csv", "e.npy"].map((name) => join(folder, name)) as [string, string, string];
    const runs: ProgramResult[] = [];
    for (const output of [jsonl, csv, npy]) runs.push(await runInProcess(["embed", sample(1), sample(2), "--output", output]));
    expect(runs.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);

    const faces = jsonLines(await readFile(jsonl, "utf8")).flatMap((record) => record.faces);
    const vectors: number[][] = faces.map(({ embedding }) => embedding.vector);
    expect(vectors).toHaveLength(6);
    for (const { embedding } of faces) expect(Buffer.from(embedding.code, "base64")).toHaveLength(128);

    const [titles, ...rows] = (await readFile(csv, "utf8"))
      .trimEnd()
      .split("\n")
      .map((line) => line.split(","));
    expect(titles?.slice(0, 9)).toEqual(["image", "face", "x", "y", "width", "height", "confidence", "model", "v0"]);
    expect(rows.map((row) => row.slice(8).map(Number))).toEqual(vectors);

    expect(readNpy(await readFile(npy))).toEqual(vectors);
    const labels = (await readFile(`${npy}.labels.csv`, "utf8"))
      .trimEnd()
      .split("\n")
      .map((line) => line.split(","));
    expect(labels[0]).toEqual(["row", "image", "face", "x", "y", "width", "height"]);
    expect(labels.slice(1).map((row) => row[1])).toEqual(rows.map((row) => row[0]));
    expect((await readdir(folder)).filter((name) => name.endsWith(".part"))).toEqual([]);
  });

  test("an unwritable output is detected, and nothing is left behind", async () => {
    const missing = await runInProcess(["embed", sample(2), "--output", join(folder, "none", "x.npy")]);
    expect(missing).toMatchObject({
      exitCode: 6,
      stderr: expect.stringMatching(/^facenet: .*x\.npy: cannot be written \(its folder does not exist\)/),
    });
    const full = await run(["embed", sample(2), "--output", "/dev/full", "--format", "csv"]);
    expect(full).toMatchObject({ exitCode: 6, stderr: expect.stringContaining("the disk is full") });
  });

  test("npy without a file is wrong usage", async () => {
    expect(await runInProcess(["embed", sample(2), "--format", "npy"])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("--output"),
    });
  });
});

/** Rows of a float32 NPY file, parsed according to the format. */
function readNpy(bytes: Buffer): number[][] {
  const start = 10 + bytes.readUInt16LE(8);
  const shape = /'shape': \((\d+), (\d+)\)/.exec(bytes.toString("latin1", 10, start));
  const [rows, columns] = [Number(shape?.[1]), Number(shape?.[2])];
  expect(bytes.length).toBe(start + rows * columns * 4);
  return Array.from({ length: rows }, (_, row) => {
    return Array.from({ length: columns }, (_, column) => bytes.readFloatLE(start + (row * columns + column) * 4));
  });
}

describe("errors are one line on standard error, with an exit code by kind", () => {
  test.each([
    [
      "an unknown option, with a suggestion",
      ["detect", "--jsn", "x"],
      2,
      /^facenet: unknown option '--jsn' \(Did you mean --json\?\)\n$/,
    ],
    ["an unknown command, with a suggestion", ["detct"], 2, /^facenet: unknown command 'detct' \(Did you mean detect\?\)\n$/],
    ["a value out of range", ["detect", "x", "--min-face-size", "3"], 2, /^facenet: --min-face-size: must be .*, got 3\.\n$/],
    ["no photographs", ["detect"], 2, /^facenet: images: requires at least one.*\n$/],
    ["a missing photograph", ["verify", "missing.jpg", "missing.jpg"], 3, /^facenet: missing\.jpg: no such file.*\n$/],
    [
      "no photograph that could be used",
      ["detect", "missing.jpg"],
      3,
      /^facenet: missing\.jpg: no such file.*\nfacenet: 0 photographs done, 1 failed\.\n$/,
    ],
    ["several faces where one was wanted", ["verify", sample(1), sample(2)], 4, /^facenet: .*3 faces found.*\n$/],
    ["an unknown model", ["detect", sample(2), "--model", "none"], 5, /^facenet: model none: unknown\..*\n$/],
  ])("%s", async (_, args, exitCode, message) => {
    const result = await runInProcess(args);
    expect(result.stderr).toMatch(message);
    expect(result).toMatchObject({ exitCode, stdout: "" });
  });

  test("--debug adds the stack trace", async () => {
    const { stderr } = await run(["verify", "missing.jpg", "missing.jpg", "--debug"]);
    expect(stderr).toMatch(/\n {4}at .*\.ts:\d+/);
  });
});

describe("help", () => {
  test("facenet --help lists commands, examples and exit codes", async () => {
    const { exitCode, stdout } = await runInProcess(["--help"]);
    for (const part of ["detect", "verify", "completion", "facenet embed party.jpg --json", "130  interrupted"]) {
      expect(stdout).toContain(part);
    }
    expect(exitCode).toBe(0);
  });

  test("facenet verify --help lists its options, their defaults and an example", async () => {
    const { stdout } = await runInProcess(["verify", "--help"]);
    for (const part of ["--fmr <number>", "(default: 0.001)", "--[no-]flip", "facenet verify passport.jpg"])
      expect(stdout).toContain(part);
  });

  test("facenet --version prints the package's version", async () => {
    const { version } = JSON.parse(await readFile(new URL("../package.json", import.meta.url), "utf8"));
    expect((await run(["--version"])).stdout).toBe(`${version}\n`);
  });

  test("starting does not load libraries that few commands need", async () => {
    const hooks = `import { registerHooks } from "node:module";
      registerHooks({ resolve: (name, context, next) => (console.error(name), next(name, context)) });`;
    const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(hooks)}` };
    const { stderr } = await run(["--version"], { env });
    expect(stderr).toContain("commander\n");
    expect(stderr).not.toMatch(/^(@observablehq\/plot|linkedom|sharp|protobufjs|fast-xml-parser|tar)$/m);
  });
});

describe("interruption", () => {
  const manyPhotographs = Array.from({ length: 100 }, () => allSamples).flat();

  async function interrupt(args: readonly string[], signal: NodeJS.Signals) {
    const { child, result } = start([...args, ...manyPhotographs]);
    await Promise.race([new Promise((resolve) => child.stdout.once("data", resolve)), result]);
    const sentAt = performance.now();
    child.kill(signal);
    const [exitCode, stdout, stderr] = await result;
    return { exitCode, stdout, stderr, tookMs: performance.now() - sentAt };
  }

  test.skipIf(process.platform === "win32").each([
    ["SIGINT", 130, "interrupted"],
    ["SIGTERM", 143, "terminated"],
  ] as const)("%s: what is written is whole, and standard error says how far it came", async (signal, exitCode, word) => {
    const result = await interrupt(["detect", "--json"], signal);
    const records = jsonLines(result.stdout);
    expect(result.exitCode).toBe(exitCode);
    expect(records.map(({ image }) => image)).toEqual(manyPhotographs.slice(0, records.length));
    expect(result.stdout.endsWith("\n")).toBe(true);
    expect(result.stderr).toBe(`facenet: ${word} after ${records.length} of 600 photographs\n`);
    expect(result.tookMs).toBeLessThan(4000);
  });

  test.skipIf(process.platform === "win32")("an output file that is not complete keeps the name of a part", async () => {
    const output = join(folder, "cut.csv");
    const { child, result } = start(["embed", "--output", output, ...manyPhotographs]);
    const part = `${output}.part`;
    const written = () => readFile(part, "utf8").catch(() => "");
    while ((await written()) === "" && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill("SIGINT");
    const [exitCode, , stderr] = await result;
    expect(exitCode).toBe(130);
    expect(stderr).toMatch(/^facenet: interrupted after \d+ of 600 photographs; they are in .*cut\.csv\.part\n$/);
    expect(await readdir(folder)).not.toContain("cut.csv");
    expect((await readFile(part, "utf8")).endsWith("\n")).toBe(true);
  });

  test("a closed standard output ends the program silently", async () => {
    const { child, result } = start(["detect", "--json", ...manyPhotographs]);
    child.stdout.once("data", () => child.stdout.destroy());
    const exitCode = new Promise((resolve) => child.once("exit", resolve));
    const stderr = text(child.stderr);
    await result.catch(() => undefined); // its standard output was cut off
    expect([await exitCode, await stderr]).toEqual([0, ""]);
  });
});
