/**
 * The public library: every symbol is documented, and every example in docblocks, docs/library.md and README.md compiles and
 * runs.
 */
import { readFile } from "node:fs/promises";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { temporaryFolder } from "../temporary-folder.ts";
import { type Example, expectedOutput, prepareExampleFolder, runProgram, typeErrors, writeProgram } from "./examples.ts";
import { entryPoints, publicSymbols } from "./public-symbols.ts";

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 }); // models load slowly on a busy machine
const symbols = publicSymbols();

/** Variables in scope of method examples, by class. */
const scopes: Readonly<Record<string, string>> = {
  FaceNet: `import { FaceNet } from "facenet128"; const facenet = await FaceNet.load({ threads: 1 });`,
  Gallery: `import { Gallery } from "facenet128";
    const gallery = await Gallery.open("methods.db", { create: true, threads: 1 });
    await gallery.enroll("Anna", ["anna-1.jpg"]);`,
  NetworkTrainer: `import { findNetwork, initialParameters, NetworkTrainer, planNetwork } from "facenet128/training";
    const plan = planNetwork(findNetwork("convnet-64"));
    const images = { data: new Float32Array(4 * 3 * 64 * 64), dims: [4, 3, 64, 64] };
    const trainer = NetworkTrainer.create(plan, initialParameters(plan, Math.random), { optimiser: { kind: "adam" } });`,
};
const service = `const testApp: string = "${new URL("../server/test-app.ts", import.meta.url).href}";
  const { app } = await (await import(testApp)).createTestApp();
  globalThis.fetch = async (url, init) => app.request(String(url), init);`;

/** Programs: one for the functions and classes of each entry point, one for the methods of each class. */
const programs = new Map<string, Example[]>();
for (const { entry, name, examples } of symbols) {
  const owner = name.split(".")[0] as string;
  const program = name.includes(".") ? owner : entry.replace("facenet128/", "");
  const list = programs.get(program) ?? [];
  list.push(...examples.map((code) => ({ name, code })));
  programs.set(program, list);
}

let folder: string;
beforeAll(async () => {
  folder = await temporaryFolder("library");
  await prepareExampleFolder(folder);
  for (const page of ["docs/library.md", "README.md"]) {
    const text = await readFile(new URL(`../../${page}`, import.meta.url), "utf8");
    const blocks = [...text.matchAll(/```ts\n(.*?)```/gs)].map(([, code = ""], i) => ({ name: `block ${i + 1}`, code }));
    programs.set(page, blocks);
  }
  for (const [program, examples] of programs)
    await writeProgram(folder, program, examples, program === "client" ? service : scopes[program]);
});

describe("the public library", () => {
  it("documents every symbol", () => {
    expect(symbols.filter(({ summary }) => summary === "").map(({ entry, name }) => `${entry}: ${name}`)).toEqual([]);
  });

  it("has an example for every function, class and method", () => {
    const without = symbols.filter(({ isValue, examples }) => isValue && examples.length === 0);
    expect(without.map(({ entry, name }) => `${entry}: ${name}`)).toEqual([]);
  });

  it("has an entry point in package.json for each one tested here", async () => {
    const { exports } = JSON.parse(await readFile(new URL("../../package.json", import.meta.url), "utf8"));
    const names = Object.keys(exports).filter((name) => name !== "./package.json");
    expect(names.map((name) => `facenet128${name.slice(1)}`).sort()).toEqual(Object.keys(entryPoints).sort());
  });
});

describe("the examples", () => {
  it("compile", async () => {
    expect(await typeErrors(folder)).toBe("");
  });

  it.each([...programs.keys(), "docs/library.md", "README.md"])("of %s run and print the documented output", async (program) => {
    const outcomes = await runProgram(folder, program);
    const examples = programs.get(program) ?? [];
    expect(outcomes.map(({ name }) => name)).toEqual(examples.map(({ name }) => name));
    const plain = (line: string): string => line.replaceAll(/[\s']/g, "");
    for (const [i, { name, printed, error }] of outcomes.entries()) {
      const expected = expectedOutput(examples[i]?.code ?? "");
      const seen = { name, error, printed: expected.length === 0 ? [] : printed.map(plain) };
      expect(seen).toEqual({ name, error: null, printed: expected.map(plain) });
    }
  });
});
