/** The programs of examples/ do what their first line states. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { temporaryFolder } from "../temporary-folder.ts";
import { prepareExampleFolder } from "./examples.ts";

const run = promisify(execFile);
const examples = fileURLToPath(new URL("../../examples", import.meta.url));
const program = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));

let folder: string;
beforeAll(async () => {
  folder = await temporaryFolder("examples");
  await prepareExampleFolder(folder);
});

/** Output lines of an example. */
async function lines(name: string, ...parameters: string[]): Promise<string[]> {
  const argv = ["--import", "./resolve.mjs", join(examples, name), ...parameters];
  const { stdout } = await run(process.execPath, argv, { cwd: folder });
  return stdout.trim().split("\n");
}

describe("an example", () => {
  it("has a test and a row in the table", async () => {
    const files = (await readdir(examples)).filter((file) => file.endsWith(".ts"));
    const [page, tests] = await Promise.all(
      [join(examples, "README.md"), fileURLToPath(import.meta.url)].map((file) => readFile(file, "utf8")),
    );
    for (const file of files) {
      expect(page).toContain(`](${file})`);
      expect(tests).toContain(`lines("${file}"`);
    }
  });

  it("finds the photographs of a person in a folder", async () => {
    const found = await lines("find-person.ts", "anna-1.jpg", "photos");
    expect(found.map((line) => line.split(" ")[0])).toEqual([join("photos", "sample2.jpg")]);
  });

  it("sorts photographs by person, repeatedly", async () => {
    await lines("sort-by-person.ts", "photos", "sorted");
    const people = (await readdir(join(folder, "sorted"))).filter((name) => name.startsWith("person"));
    expect(people.length).toBeGreaterThan(0);
    for (const person of people) expect((await readdir(join(folder, "sorted", person))).length).toBeGreaterThanOrEqual(1);
    await lines("sort-by-person.ts", "photos", "sorted");
    expect((await readdir(join(folder, "sorted"))).filter((name) => name.startsWith("person"))).toEqual(people);
  });

  it("trains: the loss falls and a model is written", async () => {
    const steps = await lines("train-embedding.ts", "faces", "trained.onnx");
    const triplets = steps.map((line) => Number(/, (\d+) triplets/.exec(line)?.[1]));
    expect(triplets).toHaveLength(20);
    expect(triplets.at(-1)).toBeLessThan(triplets[0] as number);
    expect((await stat(join(folder, "trained.onnx"))).size).toBeGreaterThan(100_000);
  });

  describe("of a client", () => {
    let server: ChildProcess;
    let url: string;
    beforeAll(async () => {
      const gallery = join(folder, "served.db");
      await run(process.execPath, [program, "enroll", "Anna", "anna-1.jpg", "--gallery", gallery], { cwd: folder });
      server = spawn(
        process.execPath,
        [program, "serve", "--port", "0", "--gallery", gallery, "--log-level", "silent", "--json"],
        { cwd: folder },
      );
      for await (const line of createInterface({ input: server.stdout as NodeJS.ReadableStream })) {
        url = JSON.parse(line).url;
        break;
      }
    });
    afterAll(() => server.kill());

    it("asks the service who is in a photograph", async () => {
      expect(await lines("http-client.ts", url, "door.jpg")).toEqual([expect.stringMatching(/^Anna 0\.\d{3}$/)]);
    });
  });
});
