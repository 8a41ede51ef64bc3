/** The package as users get it: packed, installed by npm alone in an empty folder, used by its command and as a library. */
import { execFile } from "node:child_process";
import { lstat, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { publint } from "publint";
import { beforeAll, describe, expect, it } from "vitest";
import { samplePhotograph } from "./sample-photographs.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const run = promisify(execFile);
const root = fileURLToPath(new URL("..", import.meta.url));
// A user's environment, without settings of the npm that runs these tests, but with its Node, also for `#!/usr/bin/env node`.
const strangers = Object.entries(process.env).filter(([name]) => !/^(npm_|FACENET_|NODE_(OPTIONS|ENV|PATH))/i.test(name));
const env = { ...Object.fromEntries(strangers), PATH: `${join(root, "node_modules/.bin")}:${process.env.PATH}` };
let folder = "";
let tarball = "";
const installed = (...parts: string[]): string => join(folder, "node_modules", ...parts);

beforeAll(async () => {
  folder = await temporaryFolder("package");
  const scripts = process.env.CI ? ["build-engine"] : ["build", "build-engine"]; // `npm ci` has built dist/, which other tests use
  for (const script of scripts) await run("npm", ["run", script], { cwd: root, env });
  await run("npm", ["pack", "--ignore-scripts", "--pack-destination", folder], { cwd: root, env });
  tarball = (await readdir(folder)).find((name) => name.endsWith(".tgz")) as string;
  await run("npm", ["install", `./${tarball}`], { cwd: folder, env }); // no flag: what README tells a user to type
}, 900_000);

/** Faces that the installed command finds in a photograph of five. */
async function facesFound(engine?: string): Promise<number> {
  const { stdout } = await run(installed(".bin/facenet"), ["detect", samplePhotograph("sample5"), "--json"], {
    cwd: folder,
    env: { ...env, ...(engine && { FACENET_ENGINE: engine }) },
  });
  return JSON.parse(stdout).faces.length;
}

describe("the packed package", () => {
  it("finds the faces of a photograph by the installed command", async () => {
    expect(await facesFound()).toBe(5);
  });

  it("verifies two photographs, by the native library and by WebAssembly alike", async () => {
    const photograph = samplePhotograph("sample3");
    const verdicts = await Promise.all(
      ["native", "wasm"].map(async (FACENET_ENGINE) => {
        const parameters = ["verify", photograph, samplePhotograph("sample5"), "--faces", "largest", "--json"];
        const { stdout } = await run(installed(".bin/facenet"), parameters, { cwd: folder, env: { ...env, FACENET_ENGINE } });
        return JSON.parse(stdout) as { distance: number };
      }),
    );
    expect(verdicts[0]?.distance).toBeGreaterThan(0.5);
    expect(verdicts[1]?.distance).toBeCloseTo(verdicts[0]?.distance ?? 0, 2);
  });

  it("serves as a library, with types", async () => {
    const program = `import { FaceNet } from "facenet128";
      const facenet = await FaceNet.load({ threads: 1 });
      const { faces } = await facenet.embed(${JSON.stringify(samplePhotograph("sample5"))});
      console.log(faces.length, faces[0].embedding.code.byteLength);
      await facenet.dispose();`;
    await writeFile(join(folder, "program.mjs"), program);
    const { stdout } = await run("node", ["program.mjs"], { cwd: folder, env });
    expect(stdout.trim()).toBe("5 128");
  });

  it("exports its other entry points, which need no models", async () => {
    const program = `import { squaredL2 } from "facenet128/metric";
      import { findNetwork, planNetwork } from "facenet128/training";
      import { createClient } from "facenet128/client";
      console.log(squaredL2([1, 0], [0, 1]), planNetwork(findNetwork("nn4-small")).dimensions, typeof createClient);`;
    await writeFile(join(folder, "entries.mjs"), program);
    const { stdout } = await run("node", ["entries.mjs"], { cwd: folder, env });
    expect(stdout.trim()).toBe("2 128 function");
  });

  it.each(["node16", "bundler"])("has types that a compiler resolves by %s", async (resolution) => {
    const program = `import { FaceNet, Gallery, type Verdict, evaluate } from "facenet128";
      import { miners, type Triplets } from "facenet128/metric";
      import { NetworkTrainer, type Network } from "facenet128/training";
      import { createClient, type Client } from "facenet128/client";
      export async function main(network: Network): Promise<[Verdict, Triplets, Client]> {
        const facenet: FaceNet = await FaceNet.load({ threads: 1 });
        const gallery = await Gallery.open("a.db", { facenet, create: true });
        const { faces } = await gallery.identify("a.jpg");
        const name: string | null | undefined = faces[0]?.name;
        const people: number = (await evaluate({ images: String(name) })).people;
        // @ts-expect-error the distance is a number: types have arrived, not "any"
        const wrong: string = (await facenet.verify("a.jpg", "b.jpg")).distance;
        void [network.layers, NetworkTrainer.create, people, wrong];
        const triplets = miners["semi-hard"](new Float32Array(4), [0, 1], { margin: 0.2, random: Math.random });
        return [await facenet.verify("a.jpg", "b.jpg"), triplets, createClient({ url: "" })];
      }`;
    await writeFile(join(folder, "consumer.mts"), program);
    const module = resolution === "bundler" ? "esnext" : resolution;
    const options = [
      "--module",
      module,
      "--moduleResolution",
      resolution,
      "--target",
      "es2023",
      "--lib",
      "es2023,dom,dom.iterable",
    ];
    const types = ["--types", "node", "--typeRoots", join(root, "node_modules/@types")];
    const compiled = run(
      join(root, "node_modules/.bin/tsc"),
      ["--noEmit", "--strict", "--checkers", "1", ...options, ...types, "consumer.mts"],
      {
        cwd: folder,
      },
    );
    expect(
      await compiled.then(
        () => "",
        (error: { stdout: string }) => error.stdout,
      ),
    ).toBe("");
  });

  it("contains the models and no sources, tests or weights of other packages", async () => {
    const files = await readdir(installed("facenet128"), { recursive: true });
    expect(files).toContain(join("models", "sface-128.onnx"));
    expect(files.filter((file) => /\.test\.|^src|^test|^scripts|\.tgz$/.test(file))).toEqual([]);
  });

  it("has no install script that could access another registry", async () => {
    const { packages } = JSON.parse(await readFile(installed(".package-lock.json"), "utf8"));
    const scripted = Object.keys(packages).filter((name) => packages[name].hasInstallScript);
    expect(scripted).toEqual([]);
  });

  it("is small: 45 MB packed, 250 MB installed", async () => {
    const packed = (await lstat(join(folder, tarball))).size;
    const unpacked = await sizeOf(installed());
    console.log(`packed ${(packed / 1e6).toFixed(1)} MB, installed ${(unpacked / 1e6).toFixed(1)} MB`);
    expect(packed).toBeLessThanOrEqual(45e6);
    expect(unpacked).toBeLessThanOrEqual(250e6);
  });

  it("has no publint errors", async () => {
    const { messages } = await publint({ pkgDir: installed("facenet128"), pack: false, strict: true });
    expect(messages).toEqual([]);
  });
});

describe("the packed package where the native library is missing", () => {
  const engine = (...parts: string[]): string => installed("facenet128/engine", ...parts);
  const failure = (): Promise<{ stderr: string }> =>
    facesFound().then(
      () => ({ stderr: "" }),
      (error: { stderr: string }) => error,
    );

  it.runIf(process.platform === "linux" && process.arch === "x64")("reports a library that does not load", async () => {
    const library = engine("onnxruntime-node/bin/napi-v6/linux/x64/libonnxruntime.so.1");
    await rename(library, `${library}.away`);
    expect((await failure()).stderr).toMatch(
      /ONNX Runtime for linux-x64 cannot be loaded \(libonnxruntime.*FACENET_ENGINE=wasm/s,
    );
    expect(await facesFound("wasm")).toBe(5);
    await rename(`${library}.away`, library);
  });

  it("computes in WebAssembly on a platform without one", async () => {
    await rm(engine("onnxruntime-node"), { recursive: true });
    expect(await facesFound()).toBe(5);
  });

  it("reports a missing engine, not a broken model", async () => {
    await rm(engine("onnxruntime-web"), { recursive: true });
    expect((await failure()).stderr).toMatch(/ONNX Runtime for .* cannot be loaded \(Cannot find module/);
  });
});

async function sizeOf(path: string): Promise<number> {
  const info = await lstat(path);
  if (!info.isDirectory()) return info.size;
  const sizes = await Promise.all((await readdir(path)).map((each) => sizeOf(join(path, each))));
  return sizes.reduce((sum, size) => sum + size, 0);
}
