/**
 * Copies the required parts of ONNX Runtime from its npm packages: 288 MB of libraries for every platform and 143 MB of
 * WebAssembly in all variants shrink to one native library and one WebAssembly file. src/engine/runtime.ts loads them;
 * docs/decisions/0010-installing.md explains why the package contains them.
 *
 *     npm run build-engine                                                        # engine/, as `npm pack` wants it
 *     node scripts/build-engine.ts --output DIR --platform darwin-arm64 --no-wasm   # for an archive of one platform
 */
import { cp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: {
    output: { type: "string", default: join(import.meta.dirname, "../engine") },
    platform: { type: "string", default: "linux-x64" },
    wasm: { type: "boolean", default: true },
  },
  allowNegative: true,
});
const require = createRequire(import.meta.url);

await rm(values.output, { recursive: true, force: true });
const native = values.platform.replace("-", "/");
await copyParts("onnxruntime-node", "index", [
  ...["index.js", "backend.js", "binding.js", "version.js"].map((file) => join("dist", file)),
  join("bin/napi-v6", native),
]);
if (values.wasm) {
  const files = ["ort.node.min.js", "ort-wasm-simd-threaded.mjs", "ort-wasm-simd-threaded.wasm"];
  await copyParts(
    "onnxruntime-web",
    "ort.node.min",
    files.map((file) => join("dist", file)),
  );
}

/** Copies files and folders of an installed package, with a package.json that states its origin and entry point. */
async function copyParts(name: string, entry: string, parts: readonly string[]): Promise<void> {
  const source = join(dirname(require.resolve(name)), "..");
  const target = join(values.output, name);
  for (const part of parts) await cp(join(source, part), join(target, part), { recursive: true });
  const { version, license, repository } = JSON.parse(await readFile(join(source, "package.json"), "utf8"));
  const description = { name, version, license, repository, main: `dist/${entry}.js` };
  await writeFile(join(target, "package.json"), `${JSON.stringify(description, null, 2)}\n`);
  await writeFile(join(target, "LICENSE"), licenceText(version));
}

/** Licence text of the repository; the npm packages contain none. */
function licenceText(version: string): string {
  return `MIT License

Copyright (c) Microsoft Corporation

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.

Notices of the libraries inside:
https://github.com/microsoft/onnxruntime/blob/v${version}/ThirdPartyNotices.txt
`;
}
