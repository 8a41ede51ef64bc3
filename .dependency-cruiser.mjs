/**
 * The rooms of the source tree, checked by `npm run lint`: imports only point downwards, and each outside
 * package is imported in one place.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

/**
 * Rooms of src/ from the bottom to the top, each with the rooms it stands on. A room may import these and those they stand on in turn.
 * A folder inside another ("training/run" in "training") is a room of its own. docs/architecture.md draws the table;
 * test/documentation.test.ts compares it with the imports, so that it permits nothing that is not needed.
 */
export const rooms = {
  "errors.ts": [],
  schemas: [],
  files: ["errors.ts"],
  "reports/page": ["schemas"],
  image: ["schemas", "errors.ts"],
  "reports/plot": ["reports/page"],
  keys: ["files", "schemas"],
  engine: ["errors.ts"],
  "engine/graph": ["engine"],
  models: ["engine/graph", "files", "schemas"],
  metric: ["schemas"],
  faces: ["metric", "models", "image"],
  search: ["metric", "engine/graph"],
  clustering: ["metric", "engine"],
  evaluation: ["metric", "engine/graph"],
  datasets: ["metric", "image", "files"],
  gallery: ["clustering", "search", "faces"],
  training: ["datasets", "evaluation", "models"],
  "datasets/build": ["gallery", "datasets", "reports/page"],
  "training/run": ["training", "faces", "reports/plot"],
  "evaluation/protocols": ["gallery", "datasets", "evaluation"],
  recipes: ["evaluation/protocols", "training/run"],
  reports: ["evaluation/protocols", "training/run"],
  operations: ["reports", "recipes", "datasets/build", "keys"],
  contract: ["operations"],
  library: ["operations"],
  server: ["contract"],
  client: ["contract"],
  cli: ["server"],
};

/** Outside packages and the one folder of src/ that may import each. */
export const homes = {
  "onnxruntime-(node|common|web)": "engine",
  "sharp|heic-decode|exif-reader|fast-xml-parser": "image",
  "@observablehq/plot|linkedom": "reports/plot",
  tar: "datasets",
  commander: "cli",
  protobufjs: "engine/graph",
  pg: "gallery",
  "csv-parse": "datasets",
  "hono|@hono/[^/]+|@fastify/busboy|pino|prom-client": "server",
};

/** Who opens files, sockets and processes. */
export const edges = [
  "files",
  "image",
  "models",
  "gallery",
  "datasets",
  "keys",
  "datasets/build",
  "reports",
  "recipes",
  "training/run",
  "operations",
  "cli",
  "server",
];
/** Modules that users of the package import. */
const entryPoints = "^src/(index|(metric|training|client)/index)\\.ts$";
const test = "\\.test\\.ts$";

/** The path of a folder of src/ without the rooms inside it, or of a file. */
const folder = (name) => {
  if (name.endsWith(".ts")) return `src/${name.replace(".", "\\.")}$`;
  const inside = Object.keys(rooms).filter((other) => other.startsWith(`${name}/`));
  return inside.length === 0
    ? `src/${name}/`
    : `src/${name}/(?!(${inside.map((room) => room.slice(name.length + 1)).join("|")})/)`;
};
const anyOf = (names) => `^(${names.map(folder).join("|")})`;

const below = (name) => [...new Set(rooms[name].flatMap((one) => [one, ...below(one)]))];
const roomRules = Object.keys(rooms).map((name) => ({
  name: `room-${name.replace(".ts", "").replace("/", "-")}`,
  comment: `Imports point downwards only. If ${name} needs another room, add it to \`rooms\` in .dependency-cruiser.mjs.`,
  severity: "error",
  from: { path: anyOf([name]), pathNot: test },
  to: { path: "^src/", pathNot: anyOf([name, ...below(name)]) },
}));

const homeRules = Object.entries(homes).map(([packages, home]) => ({
  name: `only-${home.replace("/", "-")}-imports-${packages.replace(/[^a-z]+/g, "-").replace(/-$/, "")}`,
  comment: `In src/ only ${home}/ knows ${packages}.`,
  severity: "error",
  from: { path: "^src/", pathNot: [anyOf([home]), test] },
  to: { path: `(^|/)node_modules/(${packages})/` },
}));

/** A new folder of src/ needs a row in the table above; without one, no rule would apply to it. */
const everyFolderIsARoom = {
  name: "every-folder-is-a-room",
  comment: "Give the folder a row in `rooms`.",
  severity: "error",
  from: { path: "^src/", pathNot: [anyOf([...Object.keys(rooms), "index.ts"]), test] },
  to: {},
};

// dependency-cruiser sees .ts files through the JavaScript API of TypeScript 6 and passes over them in
// silence where `typescript` is another: a lint that looks at nothing must not pass.
const typescript = JSON.parse(readFileSync(createRequire(import.meta.url).resolve("typescript/package.json"), "utf8"));
if (Number.parseInt(typescript.version, 10) >= 7) {
  throw new Error(
    `dependency-cruiser reads .ts files with TypeScript 6, found ${typescript.version}. ` +
      "Run `npm install -D typescript@npm:@typescript/typescript6 @typescript/native@npm:typescript@7.0`: tsc stays version 7.",
  );
}

export default {
  forbidden: [
    ...roomRules,
    ...homeRules,
    everyFolderIsARoom,
    {
      name: "schemas-import-zod-only",
      severity: "error",
      from: { path: "^src/schemas/", pathNot: test },
      to: { pathNot: ["^src/schemas/", "(^|/)node_modules/zod/"] },
    },
    {
      name: "files-and-sockets-at-the-edges",
      comment: `Only ${edges.join(", ")} open files, sockets and processes.`,
      severity: "error",
      from: { path: "^src/", pathNot: [anyOf(edges), test] },
      to: { dependencyTypes: ["core"], path: "^(node:)?(fs|net|http|https|http2|tls|dgram|child_process|sqlite|readline)(/|$)" },
    },
    {
      name: "index-is-for-users",
      comment: "Entry points are for users of the package; inside, import the module itself.",
      severity: "error",
      from: { path: "^src/", pathNot: test },
      to: { path: entryPoints },
    },
    {
      name: "index-without-programs",
      severity: "error",
      from: { path: "^src/index\\.ts$" },
      to: { path: "^src/(cli|server)/" },
    },
    {
      name: "src-stands-alone",
      severity: "error",
      from: { path: "^src/", pathNot: test },
      to: { path: "^(scripts|test|bench|bin)/" },
    },
    {
      name: "page-knows-the-contract-only",
      comment: "The page knows the program by the client, the types of the contract and those of the schemas.",
      severity: "error",
      from: { path: "^web/" },
      to: { path: "^(src/(?!(schemas|contract|client)/)|scripts/|test/|bench/)" },
    },
    {
      name: "client-without-dependencies",
      comment: "The client runs in browsers: beside the table of routes it imports types.",
      severity: "error",
      from: { path: "^src/(client/|contract/(contract|route-shape)\\.ts$)", pathNot: test },
      to: { pathNot: "^src/(client/|contract/(contract|route-shape)\\.ts$)", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "no-import-of-tests",
      severity: "error",
      from: {},
      to: { path: test },
    },
    {
      name: "no-dev-dependencies-in-src",
      comment: "A user of the package does not have it. An optional one belongs into peerDependencies as well.",
      severity: "error",
      from: { path: "^src/", pathNot: test },
      to: {
        dependencyTypes: ["npm-dev"],
        dependencyTypesNot: ["npm-peer", "npm-optional"],
        pathNot: "(^|/)node_modules/@types/node/",
      },
    },
    {
      name: "no-undeclared-packages",
      severity: "error",
      from: {},
      // The tool also calls an optional peer that is a devDependency "npm-no-pkg".
      to: { dependencyTypes: ["npm-no-pkg", "npm-unknown"], dependencyTypesNot: ["npm-dev"] },
    },
    { name: "no-circular", severity: "error", from: {}, to: { circular: true } },
    {
      name: "no-orphans",
      comment: "Nothing imports it and it imports nothing: remove it, or use it.",
      severity: "error",
      from: {
        orphan: true,
        pathNot: [entryPoints, "(^|/)main\\.ts$", test, "^[^/]+\\.(ts|mjs)$", "^bin/", "\\.d\\.ts$"],
      },
      to: {},
    },
    {
      name: "no-unresolvable",
      comment: "No file or package of that name: no other rule can judge it.",
      severity: "error",
      from: { pathNot: "^bin/" }, // it names dist/
      to: { couldNotResolve: true, pathNot: "^node:" }, // newer than the tool: node:sqlite
    },
    {
      name: "no-utils",
      comment: "Name a file after what it exports.",
      severity: "error",
      from: {},
      to: { path: "^(src|scripts|test|bench)/.*(utils?|helpers?|common|misc)\\.ts$" },
    },
  ],
  options: {
    tsPreCompilationDeps: true, // a type import is an import
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^(dist|examples|models|engine|coverage|out|docs|bench/peers|\\.git)(/|$)" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default", "types"] },
  },
};
