/**
 * The default cascade with other constants, on the photographs for choosing. Each variant is src/detection with some
 * constants replaced in a temporary copy, so that the library needs no switches that nobody would set.
 *
 *     FACENET_DATA=path/to/data node bench/detectors/sweep.ts [--half choosing] [--only SMALLEST] [--output sweep.json]
 */
import { existsSync } from "node:fs";
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import type { OnnxNetwork } from "../../src/engine/onnx-network.ts";
import type { createUltraface, UltrafaceNetworks } from "../../src/faces/detection/ultraface.ts";
import { describeMachine } from "../machine.ts";
import { asCandidate, type CompareCandidate, shippedMtcnn, shippedNetwork } from "./candidates.ts";
import { compare } from "./compare.ts";
import { type Half, halves, preparePhotographs } from "./halves.ts";
import { markdown } from "./table.ts";

const FACE_SIZE = 32; // the library's default
const source = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** A piece of source and what stands in its place. */
type Change = readonly [file: "ultraface" | "refinement", from: RegExp, to: string];
const ultraface = (from: RegExp, to: string): Change => ["ultraface", from, to];

const smallest = (value: number) => ultraface(/\bconst SMALLEST = [\d.]+/, `const SMALLEST = ${value}`);
const proposalLimit = (value: number) => ultraface(/\bconst PROPOSAL_LIMIT = [\d.]+/, `const PROPOSAL_LIMIT = ${value}`);
const framingLimit = (value: number) => ultraface(/\bconst FRAMING_LIMIT = [\d.]+/, `const FRAMING_LIMIT = ${value}`);
const overlapLimit = (value: number) => ultraface(/withoutOverlaps\(found, [\d.]+\)/, `withoutOverlaps(found, ${value})`);
const coarseLook = (above: number, step: number) =>
  ultraface(/\{ above: \d+, step: \d+ \}/, `{ above: ${above}, step: ${step} }`);
const firstLook = (value: number): Change => [
  "refinement",
  /\bconst FIRST_LOOK_LIMIT = [\d.]+/,
  `const FIRST_LOOK_LIMIT = ${value}`,
];

const variants: Record<string, readonly Change[]> = {
  "as it is": [],
  ...Object.fromEntries([10, 12, 13, 15, 16, 18].map((v) => [`SMALLEST ${v}`, [smallest(v)]])),
  ...Object.fromEntries([0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6].map((v) => [`PROPOSAL_LIMIT ${v}`, [proposalLimit(v)]])),
  ...Object.fromEntries([0, 0.05, 0.2, 0.4].map((v) => [`FRAMING_LIMIT ${v}`, [framingLimit(v)]])),
  ...Object.fromEntries([0.2, 0.4, 0.5].map((v) => [`overlap ${v}`, [overlapLimit(v)]])),
  ...Object.fromEntries([0.1, 0.2, 0.5, 0.6].map((v) => [`FIRST_LOOK_LIMIT ${v}`, [firstLook(v)]])),
  ...Object.fromEntries(
    [12, 13, 15, 16].flatMap((side) =>
      [0.1, 0.15, 0.2].map((limit) => [`both ${side}, ${limit}`, [smallest(side), proposalLimit(limit)]]),
    ),
  ),
  "COARSE_LOOK 480/2": [coarseLook(480, 2)],
  "COARSE_LOOK 320/2": [coarseLook(320, 2)],
  "COARSE_LOOK 320/3": [coarseLook(320, 3)],
  "COARSE_LOOK 640/3": [coarseLook(640, 3)],
  "COARSE_LOOK 480/4": [coarseLook(480, 4)],
};

const { values } = parseArgs({
  options: { half: { type: "string", default: "choosing" }, only: { type: "string", default: "" }, output: { type: "string" } },
});
const data = process.env.FACENET_DATA;
const images = join(data ?? "", "lfw/images");
if (!data || !existsSync(images)) {
  console.log("sweep: skipped, no LFW images. Set FACENET_DATA to a folder that holds lfw/images.");
} else if (!(values.half in halves)) {
  console.error(`sweep: --half must be ${Object.keys(halves).join(" or ")}, got ${values.half}`);
  process.exitCode = 1;
} else {
  const folder = await mkdtemp(join(tmpdir(), "facenet-sweep-"));
  try {
    await main(values.half as Half, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function main(half: Half, folder: string): Promise<void> {
  const id = "ultraface.rfb-mtcnn";
  const [rfb, rnet, onet] = (await Promise.all(["rfb", "rnet", "onet"].map((role) => shippedNetwork(id, role)))) as [
    OnnxNetwork,
    OnnxNetwork,
    OnnxNetwork,
  ];
  const chosen = Object.entries(variants).filter(([name]) => name === "as it is" || name.startsWith(values.only));
  const candidates: CompareCandidate[] = [];
  for (const [i, [name, changes]] of chosen.entries()) {
    const create = await changed(changes, join(folder, String(i)));
    candidates.push(asCandidate(name, create(id, { rfb, rnet, onet } satisfies UltrafaceNetworks), FACE_SIZE));
  }
  const { photographs } = await preparePhotographs(images, half, await shippedMtcnn());
  const results = await compare(candidates, photographs(), (count) => process.stderr.write(`\r${count} photographs`));
  process.stderr.write("\n");
  console.log(markdown(results));
  if (values.output)
    await writeFile(
      values.output,
      `${JSON.stringify({ machine: await describeMachine(), threads: 1, half, results }, null, 2)}\n`,
    );
}

/** The detector out of a copy of the sources with `changes` made. */
async function changed(changes: readonly Change[], folder: string): Promise<typeof createUltraface> {
  await cp(source("src"), join(folder, "src"), { recursive: true });
  await cp(source("package.json"), join(folder, "package.json"));
  await symlink(source("node_modules"), join(folder, "node_modules"), "junction");
  for (const [file, from, to] of changes) {
    const path = join(folder, `src/detection/${file}.ts`);
    const text = await readFile(path, "utf8");
    if (text.split(from).length !== 2)
      throw new Error(`sweep: ${file}.ts does not hold ${from} once; correct the variants above`);
    await writeFile(path, text.replace(from, to));
  }
  const module = (await import(pathToFileURL(join(folder, "src/detection/ultraface.ts")).href)) as {
    createUltraface: typeof createUltraface;
  };
  return module.createUltraface;
}
