/**
 * Draws the rooms of src/ in docs/architecture.md from the imports, as a Mermaid flowchart: `node
 * scripts/update-architecture-docs.ts`. An arrow is an import that no longer path of arrows implies; the arrows are the table
 * `rooms` in .dependency-cruiser.mjs.
 */
import { readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

type Rules = {
  /** Rooms of src/, each with the rooms it imports. */
  readonly rooms: Readonly<Record<string, readonly string[]>>;
  /** External packages as a regular expression, with the room that imports them. */
  readonly homes: Readonly<Record<string, string>>;
  /** Rooms that open files, sockets and processes. */
  readonly edges: readonly string[];
};

const root = fileURLToPath(new URL("..", import.meta.url));
const page = join(root, "docs/architecture.md");
const picture = /(<!-- rooms -->\n).*?(\n<!-- \/rooms -->)/s;

/** Rules checked by `npm run lint`. */
export async function readRules(): Promise<Rules> {
  const { rooms, homes, edges } = await import(join(root, ".dependency-cruiser.mjs"));
  return { rooms, homes, edges };
}

const ioModule = /^node:(fs|net|http|https|http2|tls|dgram|child_process|sqlite|readline)(\/|$)/;

/** Imports between rooms, and rooms with input and output. Imports implied by a longer path are left out. */
export async function rulesOfImports(names: readonly string[]): Promise<Pick<Rules, "rooms" | "edges">> {
  const edges = new Set<string>();
  const imports = new Map(names.map((name) => [name, new Set<string>()]));
  const roomOf = (file: string): string | undefined =>
    names.filter((name) => file === name || file.startsWith(`${name}/`)).sort((a, b) => b.length - a.length)[0];
  for (const file of await readdir(join(root, "src"), { recursive: true })) {
    const from = roomOf(file);
    if (from === undefined || !file.endsWith(".ts") || file.endsWith(".test.ts")) continue;
    const { importedFiles } = ts.preProcessFile(await readFile(join(root, "src", file), "utf8"));
    for (const { fileName } of importedFiles) {
      if (ioModule.test(fileName)) edges.add(from);
      const to = fileName.startsWith(".") ? roomOf(normalize(join(dirname(file), fileName))) : undefined;
      if (to !== undefined && to !== from) imports.get(from)?.add(to);
    }
  }
  const reach = (from: string): Set<string> => new Set([...(imports.get(from) ?? [])].flatMap((to) => [to, ...reach(to)]));
  const rooms = Object.fromEntries(
    [...imports].map(([name, direct]) => {
      const implied = new Set([...direct].flatMap((to) => [...reach(to)]));
      return [name, [...direct].filter((to) => !implied.has(to)).sort((a, b) => names.indexOf(b) - names.indexOf(a))];
    }),
  );
  return { rooms, edges: [...edges] };
}

/** docs/architecture.md with the diagram of the rules. */
export async function architecturePage(): Promise<string> {
  const { rooms, homes, edges } = await readRules();
  const id = (name: string): string => name.replaceAll(/\W/g, "_");
  const lines = [
    "flowchart TD",
    ...Object.keys(rooms).map((name) => (edges.includes(name) ? `  ${id(name)}[("${name}")]` : `  ${id(name)}["${name}"]`)),
    ...Object.entries(rooms).flatMap(([from, to]) => to.map((one) => `  ${id(from)} --> ${id(one)}`)),
    ...Object.entries(homes).map(([packages, home], i) => `  ${id(home)} -.-> packages${i}>"${packagesIn(packages)}"]`),
  ];
  const text = await readFile(page, "utf8");
  return text.replace(picture, (_, start, end) => `${start}\`\`\`mermaid\n${lines.join("\n")}\n\`\`\`${end}`);
}

/** `a-(b|c)|d` as `a-b, a-c, d`. */
function packagesIn(pattern: string): string {
  const expanded = pattern.replaceAll(/([\w-]+)\(([\w|]+)\)/g, (_, start, ends) =>
    ends
      .split("|")
      .map((end: string) => start + end)
      .join("|"),
  );
  return expanded.replaceAll("[^/]+", "*").replaceAll("|", ", ");
}

if (import.meta.main) await writeFile(page, await architecturePage());
