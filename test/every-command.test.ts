/**
 * Every command with wrong, missing, empty and hostile arguments. Each run fails with a documented exit code and a message that
 * names the argument, the rule and a remedy; none writes anything.
 */
import { createHash } from "node:crypto";
import { copyFile, lstat, mkdir, mkdtemp, readdir, readFile, readlink, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, extname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Flag, flagsOf } from "../src/cli/flags.ts";
import { Interruption } from "../src/cli/interruption.ts";
import { exitCodes } from "../src/errors.ts";
import { disposeModels, everyCommand, type ProgramResult, runInProcess } from "./run-in-process.ts";
import { samplePortrait } from "./sample-photographs.ts";

let folder: string;
const home = process.cwd();
const dataHome = process.env.XDG_DATA_HOME;
const longName = "n".repeat(10_000);
const hostileName = "a\u001b[31m\nb";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "facenet-commands-"));
  process.chdir(folder);
  process.env.XDG_DATA_HOME = join(folder, "data");
  await mkdir("empty-folder");
  await mkdir("photos");
  await copyFile(await samplePortrait(), "photos/photo.jpg");
  await writeFile("empty.jpg", "");
  await writeFile("empty.db", "");
  await writeFile("rubbish.jpg", Buffer.from(Array.from({ length: 3000 }, (_, i) => (i * 7919) % 256)));
  await mkdir("people/Anna", { recursive: true });
  await copyFile(await samplePortrait(), "people/Anna/1.jpg");
  await writeFile("corrections.json", '{ "version": 1, "people": [] }');
  expect(await runInProcess(["index", "photos", "--gallery", "real.db"])).toMatchObject({ exitCode: 0 });
  await writeFile("text.txt", "Dear reader,\nthis is no photograph.\n");
});
afterAll(async () => {
  await disposeModels();
  process.chdir(home);
  if (dataHome === undefined) delete process.env.XDG_DATA_HOME;
  else process.env.XDG_DATA_HOME = dataHome;
  await rm(folder, { recursive: true, force: true });
});

const photograph = "photos/photo.jpg";
/** Unusable paths; where a file is created, a missing one is valid. */
function badPaths(isMade: boolean): string[] {
  const paths = ["empty-folder", "empty.jpg", "rubbish.jpg", `${photograph}/x`, longName];
  return isMade ? paths : ["missing", "missing/deeper", hostileName, ...paths];
}

/** Commands that create a missing gallery. */
const makesGallery: ReadonlySet<string> = new Set(["index", "enroll"]);

/** A valid value of an argument, so that only the one under test is wrong. */
const valid: Readonly<Record<string, string>> = {
  name: "Anna",
  image: photograph,
  images: photograph,
  against: "people",
  left: photograph,
  right: photograph,
  paths: "photos",
  photographs: "photos",
  output: "out",
  study: "jpeg",
  file: "out",
  faces: "people",
  corrections: "corrections.json",
  id: "1",
  answer: "yes",
  box: "1,2,30,40",
  photograph: "1",
};

/** Arguments and options that are paths to read, by command if a name has several meanings. */
const readPaths = new Set([
  ...[
    "image",
    "images",
    "left",
    "right",
    "paths",
    "photographs",
    "against",
    "data",
    "pairs",
    "embeddings",
    "groups",
    "corrections",
  ],
  ...["fit", "training", "schedule", "folder", "gallery", "calibration", "detector", "model"],
]);
const positionalPaths = new Set(["faces", "file", "output"]);
/** Options that are such paths only in some commands. */
const isReadPath = (command: string, { field, positional }: Flag): boolean => {
  if (command === "serve" || command.startsWith("keys ")) return false;
  if (field === "folder" && !positional) return false; // a filter: a folder that is gone may be asked for
  if (command === "experiment" && field !== "pairs") return false; // read after the pairs
  if (command === "calibrate" && (field === "model" || field === "detector")) return false; // read after the gallery
  if (command === "dataset apply" && field !== "output" && field !== "corrections") return false; // read after the set
  if (command === "gallery import" && field === "gallery") return false; // read after the file
  if (command === "people draw") return field === "gallery"; // the rest is read after the photograph is found in it
  if (field === "file") return command === "gallery import";
  if (field === "output") return command === "dataset apply";
  return readPaths.has(field) || (positional && positionalPaths.has(field));
};

/** Options that a command requires although its input schema does not. */
const alwaysGiven: Readonly<Record<string, readonly string[]>> = {
  align: ["--output=out"],
  evaluate: ["--images=people"],
  train: ["--data=people"],
};

/** Commands that read a gallery: they get an existing one, so that only the argument under test is wrong. */
const looksIntoGallery: ReadonlySet<string> = new Set([
  "identify",
  "find",
  "lookalike",
  "cluster",
  "migrate",
  "people suggestions",
]);

function wordsOf({ operation: { name } }: (typeof everyCommand)[number], field?: string): string[] {
  const gallery = looksIntoGallery.has(name) && field !== "gallery" ? ["--gallery=real.db"] : [];
  const probe = name === "find" && field !== "image" ? [photograph] : [];
  return [...name.split(" "), ...(alwaysGiven[name] ?? []), ...gallery, ...probe];
}

type Case = {
  readonly args: readonly string[];
  /** The wrong value, or the name of its option; the message contains one of them. */
  readonly named: readonly string[];
};

function wrongValues({ kind, choices, accepts, many }: Flag): string[] {
  if (kind === "boolean") return [];
  if (choices) return ["", "nonsense", hostileName, longName];
  if (kind === "text") return [];
  const numbers = ["", "NaN", "abc", "1e999", "-Infinity", "0x", "--", hostileName, longName];
  for (const number of ["-1", "0", "1e300"]) if (!accepts(Number(number))) numbers.push(number);
  if (kind === "integer") numbers.push("1.5");
  return many ? [...numbers, "1,,2"] : numbers;
}

/** Arguments that are optional individually, but not all of them. */
const oneOfMany: Readonly<Record<string, readonly string[]>> = { enroll: ["name", "images"] };

const base = (flags: readonly Flag[], leftOut?: string, asked: readonly string[] = []): string[] => {
  const positionals = flags.filter(
    ({ positional, required, field }) => positional && (required || asked.includes(field)) && field !== leftOut,
  );
  const options = flags.filter(({ positional, required, field }) => !positional && required && field !== leftOut);
  return [
    ...positionals.map(({ field }) => valid[field] ?? "x"),
    ...options.flatMap(({ name, field }) => [name, valid[field] ?? "photos"]),
  ];
};

/** Wrong usage, detected before any work. */
function usageCases(command: (typeof everyCommand)[number]): Case[] {
  const words = wordsOf(command);
  const flags = flagsOf(command.operation.input, command.operation.positionals);
  const cases: Case[] = [
    { args: [...words, ...base(flags), "--no-such-option"], named: ["--no-such-option"] },
    { args: [...words, ...base(flags), "-z"], named: ["-z"] },
  ];
  for (const flag of flags) {
    if (flag.required)
      cases.push({
        args: [...words, ...base(flags, flag.field)],
        named: [flag.positional && !flag.many ? "argument" : flag.name, `${flag.field}:`, "requires at least one"],
      });
    if (flag.positional) continue;
    for (const value of wrongValues(flag))
      cases.push({ args: [...words, ...base(flags), `${flag.name}=${value}`], named: [flag.name] });
  }
  if (!flags.some(({ positional, many }) => positional && many)) {
    const count = command.operation.positionals.length;
    cases.push({
      args: [...words, ...Array.from({ length: count + 1 }, () => "photos")],
      named: ["too many arguments", "photos: "],
    });
  }
  return cases;
}

/** Missing or unsuitable paths. */
function pathCases(command: (typeof everyCommand)[number]): Case[] {
  const { input, positionals } = command.operation;
  const flags = flagsOf(input, positionals);
  return flags
    .filter((flag) => isReadPath(command.operation.name, flag))
    .flatMap((flag) => {
      const others = base(flags, flag.field, oneOfMany[command.operation.name]);
      const place = flag.positional ? flags.filter(({ positional }) => positional).indexOf(flag) : -1;
      const isMade = flag.field === "gallery" && makesGallery.has(command.operation.name);
      return badPaths(isMade).map((path) => {
        const start = wordsOf(command, flag.field);
        const args = flag.positional ? others.toSpliced(place, 0, path) : [...others, flag.name, path];
        return { args: [...start, ...args], named: [path, flag.field] };
      });
    });
}

/** Everything in the working folder: kind, size and content. */
async function snapshot(place = "."): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const name of await readdir(place)) {
    const path = join(place, name);
    const info = await lstat(path);
    if (info.isDirectory()) Object.assign(found, { [path]: "folder" }, await snapshot(path));
    else if (info.isSymbolicLink()) found[path] = await readlink(path);
    else
      found[path] = createHash("sha256")
        .update(await readFile(path))
        .digest("hex");
  }
  return found;
}

/** Defects of the output of a run that had to fail. */
function faultsOf({ args, named }: Case, { exitCode, stdout, stderr }: ProgramResult): string[] {
  const faults: string[] = [];
  const fault = (what: string) =>
    faults.push(`facenet ${args.join(" ").slice(0, 100)}: ${what}: ${exitCode} ${stderr.slice(0, 300)}`);
  if (exitCode === 0) fault("exit code 0");
  if (exitCode === exitCodes.internal) fault("internal error");
  if (!(Object.values(exitCodes) as number[]).includes(exitCode)) fault("unknown exit code");
  if (stdout !== "") fault(`writes to standard output: ${stdout.slice(0, 200)}`);
  if (!stderr.startsWith("facenet: ")) fault("no message");
  if (/\n\s+at /.test(stderr)) fault("stack trace");
  if (/\bE[A-Z]{4,}\b|\bundefined\b|\[object|ERR_/.test(stderr)) fault("code of the system");
  if (/invalid input|expected \w+, received|too (small|big)|unrecognized key|invalid option/i.test(stderr))
    fault("wording of zod");
  if (/(?=\p{Cc})[^\n]/u.test(stderr)) fault("control characters");
  if (stderr.length > 3000) fault("too long");
  const shown = named.map((name) => (name === longName ? "nnnn" : name === hostileName ? "a\\u001b[31m\\u000ab" : name));
  if (!shown.some((name) => stderr.includes(name))) fault(`names none of ${shown.join(", ")}`);
  return faults;
}

async function runAll(command: (typeof everyCommand)[number], cases: readonly Case[]): Promise<string[]> {
  const [word] = command.operation.name.split(" ");
  const family = everyCommand.filter(({ operation }) => operation.name.split(" ")[0] === word);
  const before = await snapshot();
  const faults: string[] = [];
  for (const one of cases) {
    faults.push(...faultsOf(one, await runInProcess(one.args, { commands: family })));
    const after = await snapshot();
    for (const path of Object.keys(after).filter((name) => after[name] !== before[name])) {
      faults.push(`facenet ${one.args.join(" ").slice(0, 200)}: has written ${path}`);
      await rm(path, { recursive: true, force: true });
    }
  }
  return faults;
}

describe.each(everyCommand.map((command) => [command.operation.name, command] as const))("%s", (_, command) => {
  test("with wrong options", async () => {
    const faults = await runAll(command, usageCases(command));
    expect(faults).toEqual([]);
  });

  test.runIf(pathCases(command).length > 0)(
    "with paths that are missing, empty or something else",
    { timeout: 120_000 },
    async () => {
      expect(await runAll(command, pathCases(command))).toEqual([]);
    },
  );
});

describe("indexing an empty folder", () => {
  test.each([["missing"], ["empty-folder"]])("%s: neither a gallery nor a success", async (path) => {
    const before = await snapshot();
    const { exitCode, stderr } = await runInProcess(["index", path, "--gallery", "new/gallery.db"]);
    expect([exitCode, stderr]).toEqual([3, expect.stringContaining(path)]);
    expect(await snapshot()).toEqual(before);
  });
});

describe("runs over several items", () => {
  test("some failures: exit code 1, and counts in the last line", async () => {
    const args = ["index", "photos", "empty.jpg", "missing", "--gallery", "some.db"];
    const first = await runInProcess(args);
    expect(first.exitCode).toBe(1);
    expect(first.stderr.trimEnd().split("\n").at(-1)).toBe("facenet: 1 photograph done, 2 failed.");
    const second = await runInProcess(args);
    expect(second.exitCode).toBe(1);
    expect(second.stderr.trimEnd().split("\n").at(-1)).toBe("facenet: 0 photographs done, 1 known, 2 failed.");
  });

  test("skipped files are counted, and a suddenly empty folder marks nothing as missing", async () => {
    for (const name of ["@eaDir", "drafts", "hidden", "kept", "own"]) await mkdir(join("album", name), { recursive: true });
    for (const name of ["@eaDir/a", "drafts/a", "hidden/a", "own/a", "kept/a"]) await copyFile(photograph, `album/${name}.jpg`);
    await copyFile(photograph, "album/kept/b.tif");
    await writeFile("album/hidden/.nomedia", "");
    await writeFile("album/.facenetignore", "# my own\nown/\n");
    const args = ["index", "album", "--gallery", "album.db", "--exclude", "drafts/", "--exclude", "*.tif"];
    const { exitCode, stderr } = await runInProcess(args);
    expect([exitCode, stderr]).toEqual([0, "facenet: 1 photograph done, 5 skipped (5 excluded), 0 failed.\n"]);
    await rm("album", { recursive: true });
    await mkdir("album");
    const emptied = await runInProcess(args);
    expect([emptied.exitCode, emptied.stderr]).toEqual([
      3,
      expect.stringMatching(/album: is empty, but contained photographs before/),
    ]);
    const { stdout } = await runInProcess(["gallery", "statistics", "--gallery", "album.db", "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({ photographs: 1, missingFiles: 0 });
  });

  test("interrupted: exit code 130, with progress and what is kept", async () => {
    await mkdir("many");
    const bytes = await readFile(photograph);
    for (let i = 0; i < 30; i++) await writeFile(join("many", `${i}.jpg`), Buffer.concat([bytes, Buffer.from(`${i}`)]));
    const stop = new AbortController();
    const onStderr = (chunk: string) => {
      if (/[1-9]\d*\/30 photographs/.test(chunk)) stop.abort(new Interruption("SIGINT"));
    };
    const { exitCode, stderr } = await runInProcess(["index", "many", "--gallery", "many.db"], {
      signal: stop.signal,
      isTTY: true,
      onStderr,
    });
    expect(exitCode).toBe(130);
    const [, done] = /interrupted after (\d+) photographs?\. The gallery keeps them/.exec(stderr) ?? [];
    const { stdout } = await runInProcess(["gallery", "statistics", "--gallery", "many.db", "--json"]);
    expect(Number(done)).toBeGreaterThan(0);
    expect(JSON.parse(stdout).photographs).toBeGreaterThanOrEqual(1);
  });
});

describe("output files", () => {
  test("an existing file is kept, and replaced with --force", async () => {
    await writeFile("page.html", "mine");
    const refused = await runInProcess(["demo", photograph, "--output", "page.html"]);
    expect([refused.exitCode, refused.stderr]).toEqual([
      6,
      expect.stringMatching(/^facenet: page\.html: exists already.*--force/),
    ]);
    expect(await readFile("page.html", "utf8")).toBe("mine");
    expect((await runInProcess(["demo", photograph, "--output", "page.html", "--force"])).exitCode).toBe(0);
    expect(await readFile("page.html", "utf8")).toContain("<html");
  });

  /** Outputs of a command, the existing file, and the arguments. */
  const writing: readonly (readonly [string, string, readonly string[]])[] = [
    ["a backup", "saved.db", ["gallery", "backup", "saved.db", "--gallery", "real.db"]],
    ["labels beside a matrix", "faces.npy.labels.csv", ["embed", photograph, "--output", "faces.npy"]],
    ["an exported matrix", "matrices/labels.npy", ["gallery", "export", "matrices", "--format", "npy", "--gallery", "real.db"]],
    ["faces cut out", `faces/${basename(photograph, extname(photograph))}_0.png`, ["align", photograph, "--output", "faces"]],
  ];
  test.each(writing)("%s: nothing is replaced without --force", { timeout: 60_000 }, async (_, path, args) => {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, "mine");
    const refused = await runInProcess(args);
    expect([refused.exitCode, refused.stderr]).toEqual([6, expect.stringContaining(`${path}: exists already`)]);
    expect(await readFile(path, "utf8")).toBe("mine");
    expect((await runInProcess([...args, "--force"])).exitCode).toBe(0);
    expect(await readFile(path, "utf8")).not.toBe("mine");
  });

  test("writing identical faces again is no conflict", async () => {
    const args = ["align", photograph, "--output", "twice"];
    expect([(await runInProcess(args)).exitCode, (await runInProcess(args)).exitCode]).toEqual([0, 0]);
  });

  test("asks at a terminal", async () => {
    await writeFile("page2.html", "mine");
    const args = ["demo", photograph, "--output", "page2.html"];
    expect((await runInProcess(args, { isTTY: true, input: "n\n" })).exitCode).toBe(6);
    expect(await readFile("page2.html", "utf8")).toBe("mine");
    expect((await runInProcess(args, { isTTY: true, input: "y\n" })).exitCode).toBe(0);
    expect(await readFile("page2.html", "utf8")).toContain("<html");
  });

  test.each([["none/page.html"], ["empty-folder"], ["text.txt/page.html"]])(
    "%s cannot be written: nothing is computed",
    async (path) => {
      const before = await snapshot();
      const { exitCode, stderr } = await runInProcess(["demo", photograph, "--output", path]);
      expect([exitCode, stderr]).toEqual([6, expect.stringMatching(`^facenet: ${path}: cannot be written \\(.*\\)\\. .*\\.\n$`)]);
      expect(await snapshot()).toEqual(before);
    },
  );
});

test.each([[["-h"]], [["--help"]], [["help"]], [["help", "index"]], [["index", "-h"]], [["-V"]], [["--version"]]])(
  "%j is known",
  async (args) => {
    const { exitCode, stdout, stderr } = await runInProcess(args);
    expect([exitCode, stderr]).toEqual([0, ""]);
    expect(stdout).not.toBe("");
  },
);
