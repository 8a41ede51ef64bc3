/** A client that openapi-typescript generates from the document of the service: it compiles, and what it declares is what comes. */
import { execFile } from "node:child_process";
import { symlink, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { getRequestListener } from "@hono/node-server";
import openapiTypescript, { astToString } from "openapi-typescript";
import ts from "typescript";
import { afterAll, beforeAll, expect, it } from "vitest";
import { samplePortrait } from "../sample-photographs.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { createTestApp, type TestApp } from "./test-app.ts";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../..", import.meta.url));
let folder: string;
let test: TestApp;
let server: Server;

beforeAll(async () => {
  folder = await temporaryFolder("generated-client");
  const settings = { gallery: join(folder, "gallery.db"), photographsFolder: join(folder, "photographs") };
  test = await createTestApp({ settings });
  server = createServer(getRequestListener(test.app.fetch));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const document = await (await test.app.request("/openapi.json")).text();
  const blob = ts.factory.createTypeReferenceNode("Blob");
  const declarations = await openapiTypescript(document, {
    transform: ({ format }) => (format === "binary" ? blob : undefined),
  });
  await writeFile(join(folder, "facenet.d.ts"), astToString(declarations));
  await writeFile(join(folder, "package.json"), '{ "type": "module" }');
  await symlink(join(root, "node_modules"), join(folder, "node_modules"));
}, 60_000);
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await test.dispose();
});

/** @returns what the compiler finds wrong with a program beside the generated declarations */
async function compiled(name: string, program: string): Promise<string> {
  await writeFile(join(folder, name), program);
  const configuration = { extends: join(root, "tsconfig.json"), compilerOptions: { types: ["node"] }, include: [name] };
  await writeFile(join(folder, `${name}.json`), JSON.stringify(configuration));
  const compiler = join(root, "node_modules/@typescript/native/bin/tsc");
  return run(process.execPath, [compiler, "-p", `${name}.json`], { cwd: folder }).then(
    () => "",
    ({ stdout }: { stdout: string }) => stdout,
  );
}

const client = `
import createClient from "openapi-fetch";
import type { paths } from "./facenet.d.ts";
const service = createClient<paths>({ baseUrl: process.argv[2] as string });
`;

it("uploads, names, lists and deletes, with types for answers and refusals", { timeout: 60_000 }, async () => {
  const program = `${client}
import { openAsBlob } from "node:fs";
const form = (fields: object) => {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) for (const one of [value].flat()) body.append(name, one);
  return body;
};
const images = [await openAsBlob(process.argv[3] as string)];

const added = await service.POST("/v1/photographs", { body: { images }, bodySerializer: form });
const [photograph] = added.data?.photographs ?? [];
if (!photograph || photograph.error) throw new Error(JSON.stringify(added.error));
const faces: number[] = photograph.faces.map(({ id }) => id);

const said = await service.POST("/v1/corrections", { body: { correction: { kind: "create", name: "Anna", faces } } });
const { data: people } = await service.GET("/v1/people", { params: { query: { limit: 10 } } });
const names: (string | null)[] = people?.people.map(({ name }) => name) ?? [];
const { data: shown } = await service.GET("/v1/faces/{face}", { params: { path: { face: faces[0] as number } } });
const width: number | undefined = shown?.box.width;
const { data: known } = await service.POST("/v1/identify", { body: { images }, bodySerializer: form });
const { data: thumbnail } = await service.GET("/v1/faces/{id}/thumbnail", {
  params: { path: { id: faces[0] as number }, query: { size: 96 } },
  parseAs: "blob",
});
const bytes: number | undefined = thumbnail?.size;

const refused = await service.POST("/v1/corrections", { body: { correction: { kind: "name", person: 999, name: "Ben" } } });
const code: "PERSON_NOT_FOUND" | undefined = refused.error?.error.code === "PERSON_NOT_FOUND" ? "PERSON_NOT_FOUND" : undefined;
const gone = await service.DELETE("/v1/photographs/{photograph}", { params: { path: { photograph: photograph.photograph as number } } });
const after = await service.GET("/v1/statistics");
console.log(JSON.stringify({
  said: said.response.status, names, wide: (width ?? 0) > 40, known: JSON.stringify(known).includes("Anna"),
  drawn: (bytes ?? 0) > 500, refused: [refused.response.status, code], gone: gone.response.status, after: after.data?.faces,
}));
`;
  expect(await compiled("program.ts", program)).toBe("");
  const { port } = server.address() as AddressInfo;
  const { stdout } = await run(process.execPath, ["program.ts", `http://127.0.0.1:${port}`, await samplePortrait()], {
    cwd: folder,
  });
  expect(JSON.parse(stdout)).toEqual({
    said: 201,
    names: ["Anna"],
    wide: true,
    known: true,
    drawn: true,
    refused: [404, "PERSON_NOT_FOUND"],
    gone: 200,
    after: 0,
  });
});

it("does not compile with a field, an address or a code that there is not", { timeout: 60_000 }, async () => {
  const program = `${client}
await service.GET("/v1/persons");
await service.GET("/v1/people", { params: { query: { limit: "ten" } } });
await service.POST("/v1/corrections", { body: { correction: { kind: "crate", name: "Anna", faces: [1] } } });
const { error } = await service.GET("/v1/statistics");
console.log(error?.error.code === "PERSON_UNHEARD_OF");
`;
  const found = (await compiled("mistaken.ts", program)).matchAll(/^mistaken\.ts\((\d+),/gm);
  expect(Array.from(found, ([, line]) => Number(line))).toEqual([6, 7, 8, 10]);
});
