/** Runs examples of the documentation as TypeScript programs that import the package by name, in a folder of photographs. */
import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import sharp from "sharp";
import { madeUpPeople, writeFaces } from "../people-around-centres.ts";
import { sampleNames, samplePhotograph } from "../sample-photographs.ts";
import { writeSyntheticFaces } from "../synthetic-faces.ts";
import { entryPoints } from "./public-symbols.ts";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../..", import.meta.url));

export type Example = {
  readonly name: string;
  readonly code: string;
  /** Code before the example, which the documentation shows elsewhere. */
  readonly before?: string;
};
export type Outcome = { readonly name: string; readonly printed: readonly string[]; readonly error: string | null };

/** Photographs and data that examples use. */
export async function prepareExampleFolder(folder: string): Promise<void> {
  await mkdir(join(folder, "photos"));
  for (const name of sampleNames)
    await sharp(samplePhotograph(name))
      .resize(1280)
      .toFile(join(folder, "photos", `${name}.jpg`));
  const anna = sharp(samplePhotograph("sample2")).extract({ left: 1200, top: 0, width: 720, height: 900 });
  await anna.clone().toFile(join(folder, "anna-1.jpg"));
  await anna.clone().resize(500).modulate({ brightness: 0.8 }).toFile(join(folder, "anna-2.jpg"));
  await anna.clone().resize(600).modulate({ saturation: 0.7 }).toFile(join(folder, "door.jpg"));
  await sharp(samplePhotograph("sample1"))
    .extract({ left: 150, top: 150, width: 620, height: 800 })
    .toFile(join(folder, "ben.jpg"));
  await sharp(samplePhotograph("sample5")).toFile(join(folder, "party.jpg"));
  await writeFaces(join(folder, "faces.jsonl"), madeUpPeople(Array.from({ length: 60 }, (_, p) => 2 + (p % 4))));
  await writeSyntheticFaces(join(folder, "faces"), { people: 9, images: 4, side: 64 });
  await writeFile(join(folder, "package.json"), '{ "type": "module" }');
  const sources = Object.fromEntries(
    Object.entries(entryPoints).map(([name, file]) => [name, pathToFileURL(`${root}${file}`).href]),
  );
  const compilerOptions = { typeRoots: [`${root}node_modules/@types`] };
  const configuration = { extends: `${root}tsconfig.json`, compilerOptions, include: ["*.ts"] };
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify(configuration));
  // Imports of the package run its sources.
  await writeFile(
    join(folder, "resolve.mjs"),
    `import { registerHooks } from "node:module";
     const sources = ${JSON.stringify(sources)};
     registerHooks({ resolve: (name, context, next) => next(sources[name] ?? name, context) });`,
  );
}

/** Writes a program that runs examples one after another. */
export async function writeProgram(folder: string, name: string, examples: readonly Example[], setUp = ""): Promise<void> {
  const imports = new Set<string>();
  const withoutImports = (code: string): string =>
    code.replace(/^import [^;]*;\n?/gm, (line) => {
      imports.add(line.trim());
      return "";
    });
  const start = withoutImports(setUp);
  const blocks = examples.map(({ name: example, code, before = "" }) => {
    const body = withoutImports(`${before}\n${code}`);
    return `await example(${JSON.stringify(example)}, async () => {\n${body}\n});\n`;
  });
  const program = `${mergedImports(imports)}
import { format } from "node:util";

const outcomes: { name: string; printed: string[]; error: string | null }[] = [];
const print = console.log;
async function example(name: string, work: () => Promise<void>): Promise<void> {
  const printed: string[] = [];
  console.log = (...values) => void printed.push(format(...values));
  const error = await work().then(() => null, (reason: unknown) => (reason instanceof Error ? (reason.stack ?? reason.message) : String(reason)));
  outcomes.push({ name, printed, error });
}
${start}
${blocks.join("\n")}
print(JSON.stringify(outcomes));
process.exit(0);
`;
  await writeFile(join(folder, fileOf(name)), program);
}

const fileOf = (program: string): string => `${program.replaceAll("/", "-")}.ts`;

/** One import per module: names are imported once, however many examples use them. */
function mergedImports(imports: ReadonlySet<string>): string {
  const names = new Map<string, Set<string>>();
  for (const line of imports) {
    const [, list = "", module = ""] = /^import \{ (.*) \} from "(.*)";$/.exec(line) ?? [];
    const known = names.get(module) ?? new Set();
    for (const one of list.split(", ")) known.add(one);
    names.set(module, known);
  }
  return [...names].map(([module, list]) => `import { ${[...list].join(", ")} } from "${module}";`).join("\n");
}

/** @returns compiler errors; empty if there are none */
export async function typeErrors(folder: string): Promise<string> {
  return run(join(root, "node_modules/.bin/tsc"), ["--noEmit", "--checkers", "1", "-p", folder]).then(
    () => "",
    (error: { stdout: string }) => error.stdout,
  );
}

export async function runProgram(folder: string, name: string): Promise<Outcome[]> {
  const { stdout } = await run(process.execPath, ["--import", "./resolve.mjs", fileOf(name)], { cwd: folder, maxBuffer: 1e8 });
  return JSON.parse(stdout.trim().split("\n").at(-1) as string);
}

/** Documented output of an example: the comment after a `console.log`, and comment lines below it. */
export function expectedOutput(code: string): string[] {
  const expected: string[] = [];
  let isOutput = false;
  for (const line of code.split("\n")) {
    const comment = /^\s*\/\/ (.*)$/.exec(line)?.[1];
    if (comment !== undefined && isOutput) expected.push(comment);
    else isOutput = line.includes("console.log(");
    const trailing = isOutput && comment === undefined ? /; \/\/ (.*)$/.exec(line)?.[1] : undefined;
    if (trailing !== undefined) expected.push(trailing);
  }
  return expected;
}
