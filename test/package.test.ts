/** The package as a stranger gets it: packed, installed in an empty folder, used by its installed command. */
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { publint } from "publint";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { samplePhotograph } from "./sample-photographs.ts";

const run = promisify(execFile);
const root = fileURLToPath(new URL("..", import.meta.url));
// The Node that runs these tests, also for `#!/usr/bin/env node`.
const env = { ...process.env, PATH: `${join(root, "node_modules/.bin")}:${process.env.PATH}` };
let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "facenet-package-"));
  await run("npm", ["run", "build"], { cwd: root, env });
  await run("npm", ["pack", "--ignore-scripts", "--pack-destination", folder], { cwd: root, env });
  const tarball = (await readdir(folder)).find((name) => name.endsWith(".tgz")) as string;
  await writeFile(join(folder, "package.json"), '{"private": true, "type": "module"}');
  // onnxruntime-node's install script wants to fetch CUDA libraries; the CPU needs none of it.
  await run("npm", ["install", `./${tarball}`, "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"], {
    cwd: folder,
    env,
  });
}, 300_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

describe("the packed package", () => {
  it("verifies two photographs by the installed command", async () => {
    const facenet = join(folder, "node_modules/.bin/facenet");
    const [left, right] = [samplePhotograph("sample3"), samplePhotograph("sample3")];
    const { stdout } = await run(facenet, ["verify", left, right, "--faces", "largest", "--json"], { cwd: folder, env });
    expect(JSON.parse(stdout)).toMatchObject({ verified: true, model: "sface.opencv-128" });
  });

  it("serves as a library, with types", async () => {
    const program = `import { FaceNet } from "facenet";
      const facenet = await FaceNet.load({ threads: 1 });
      const { faces } = await facenet.embed(${JSON.stringify(samplePhotograph("sample5"))});
      console.log(faces.length, faces[0].embedding.code.byteLength);
      await facenet.dispose();`;
    await writeFile(join(folder, "program.js"), program);
    const { stdout } = await run("node", ["program.js"], { cwd: folder, env });
    expect(stdout.trim()).toBe("5 128");
    expect(await readFile(join(folder, "node_modules/facenet/dist/index.d.ts"), "utf8")).toContain("FaceNet");
  });

  it("holds the models and no sources, tests or weights of other packages", async () => {
    const files = await readdir(join(folder, "node_modules/facenet"), { recursive: true });
    expect(files).toContain(join("models", "mobilefacenet-128.onnx"));
    expect(files.filter((file) => /\.test\.|^src|^test|^scripts|\.tgz$/.test(file))).toEqual([]);
  });

  it("has nothing that publint objects to", async () => {
    const { messages } = await publint({ pkgDir: root, strict: true });
    expect(messages).toEqual([]);
  });
});
