/** Several server processes on one PostgreSQL database: changes of one are visible to the others at once. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { openGallery } from "../../src/gallery/access/open-gallery.ts";
import { hasServer, startServer } from "../gallery/postgres-servers.ts";
import { samplePortrait } from "../sample-photographs.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { startProgram } from "./running-server.ts";

it.skipIf(!hasServer)("two processes on one PostgreSQL (skipped without PostgreSQL)", { timeout: 180_000 }, async () => {
  const folder = await temporaryFolder("workers");
  const database = await startServer();
  const start = async () => {
    const program = await startProgram(folder, ["--gallery", database.address, "--photographs", join(folder, "photographs")]);
    onTestFinished(async () => void (await program.end("SIGKILL")));
    return program;
  };
  let first = await start();
  const second = await start();

  const bytes = new Uint8Array(await readFile(await samplePortrait()));
  // biome-ignore lint/suspicious/noExplicitAny: answers of many shapes; expected fields are asserted below
  const send = async (url: string, path: string, field: string, fields: Record<string, string> = {}): Promise<any> => {
    const body = new FormData();
    body.append(field, new Blob([bytes]), "anna.jpg");
    for (const [name, value] of Object.entries(fields)) body.append(name, value);
    const answer = await fetch(`${url}${path}`, { method: "POST", body });
    expect(answer.status, path).toBeLessThan(300);
    return answer.json();
  };
  const who = async (url: string) => (await send(url, "/v1/identify", "images")).photographs[0].faces[0].name;

  expect([await who(first.url), await who(second.url)]).toEqual([null, null]);
  const added = await Promise.all([first, second].map(({ url }) => send(url, "/v1/photographs", "images")));
  expect(new Set(added.map(({ photographs }) => photographs[0].photograph)).size).toBe(1);

  const { person } = await send(first.url, "/v1/people", "images", { name: "Anna" });
  expect([await who(second.url), await who(first.url)]).toEqual(["Anna", "Anna"]);

  const correct = async (url: string, name: string): Promise<number> => {
    const body = JSON.stringify({ correction: { kind: "name", person, name } });
    const headers = { "content-type": "application/json" };
    return (await fetch(`${url}/v1/corrections`, { method: "POST", headers, body })).status;
  };
  expect(await correct(second.url, "Anne")).toBe(201);
  expect((await send(first.url, "/v1/find", "image")).person).toEqual({ id: person, name: "Anne" });

  const names = Array.from({ length: 10 }, (_, i) => `name ${i}`);
  const saying = names.map((name, i) => correct((i % 2 === 0 ? first : second).url, name).catch(() => undefined));
  await Promise.race(saying);
  await first.end("SIGKILL");
  const answered = (await Promise.all(saying)).filter((status) => status === 201).length;
  first = await start();
  const name = await who(second.url);
  expect(names).toContain(name);
  expect(await who(first.url)).toBe(name);
  const store = await openGallery(database.address, { create: true });
  expect(await store.check()).toEqual([]);
  expect((await store.corrections(100)).length).toBeGreaterThanOrEqual(2 + answered);
  await store.close();

  expect([await first.end("SIGINT"), await second.end("SIGINT")]).toEqual([0, 0]);
  await database.stop();
});
