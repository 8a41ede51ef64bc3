/** Enrolling people: several photographs, a tree of folders, a face of a group photograph, and warnings about doubtful ones. */
import { existsSync } from "node:fs";
import { copyFile, mkdir, readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { enrollText } from "../src/cli/people-text.ts";
import { createContext, type DisposableContext } from "../src/operations/context.ts";
import { detect } from "../src/operations/detect.ts";
import { enroll } from "../src/operations/enroll.ts";
import { identify } from "../src/operations/identify.ts";
import { people } from "../src/operations/people.ts";
import { undo } from "../src/operations/undo.ts";
import { runInProcess } from "./run-in-process.ts";
import { samplePhotograph, samplePortrait } from "./sample-photographs.ts";
import { createTestApp } from "./server/test-app.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const data = process.env.FACENET_DATA;
const lfw = join(data ?? "", "lfw", "images");
const hasLfw = data !== undefined && existsSync(lfw);

let context: DisposableContext;
let folder: string;
let gallery: string;
const group = samplePhotograph("sample4");
beforeAll(() => {
  context = createContext({ signal: new AbortController().signal, onProgress: () => undefined });
});
afterAll(() => context.dispose());
beforeEach(async () => {
  folder = await temporaryFolder("enroll");
  gallery = join(folder, "gallery.db");
});

const enrol = (input: object) => enroll.run(enroll.input.parse({ gallery, ...input }), context);
const facesIn = async (image: string) => {
  const [one] = await Array.fromAsync(detect.run(detect.input.parse({ images: [image] }), context));
  if (!one?.ok) throw new Error("the photograph is there");
  return one.value.faces;
};
const namesIn = async (image: string) => {
  const [one] = await Array.fromAsync(identify.run(identify.input.parse({ images: [image], gallery }), context));
  if (!one?.ok) throw new Error("the photograph is there");
  return one.value.faces.map(({ name }) => name);
};

describe("a face of a group photograph", () => {
  it("is selected by its position or box from detect, and identified at once", async () => {
    const faces = await facesIn(group);
    expect(faces.length).toBeGreaterThan(2);
    for (const [position, { box }] of faces.slice(0, 2).entries()) {
      const { enrolled, warnings } = await enrol({ name: `by position ${position}`, images: [group], position });
      expect(enrolled[0]?.box).toEqual(box);
      expect(warnings).toEqual([]);
      expect((await namesIn(group))[position]).toBe(`by position ${position}`);
    }
    for (const [position, { box }] of faces.slice(0, 2).entries()) {
      const given = [box.x, box.y, box.width, box.height].map(Math.round);
      const { enrolled } = await enrol({ name: `by box ${position}`, images: [group], box: given });
      expect(enrolled[0]?.box).toEqual(box);
      expect(enrolled[0]?.reasons).toContainEqual(expect.stringMatching(/^was by position \d+ \(\d+\) until now$/));
    }
    expect((await namesIn(group)).slice(0, 2)).toEqual(["by box 0", "by box 1"]);
  });

  it.each([
    [{ position: 9 }, /sample4\.jpg: position: does not match a face/],
    [{ box: [0, 0, 5, 5] }, /sample4\.jpg: box: does not match a face/],
    [{ position: 0, box: [0, 0, 5, 5] }, /does not combine/],
    [{}, /faces/],
  ])("%j: an error, and nobody is enrolled", async (choice, message) => {
    await expect(enrol({ name: "Ada", images: [group], ...choice })).rejects.toThrow(message);
    const listed = await people.run(people.input.parse({ gallery }), context).catch(() => ({ people: [] }));
    expect(listed.people).toEqual([]);
  });

  it("cannot be selected by position in several photographs", async () => {
    await expect(enrol({ name: "Ada", images: [group, await samplePortrait()], position: 0 })).rejects.toThrow(
      /single photograph, got 2/,
    );
  });
});

it("a person with an unnamed group is identified by the new name, and the group is reported", async () => {
  const portrait = await samplePortrait();
  const again = join(folder, "again.jpg");
  await sharp(portrait).resize({ width: 500 }).jpeg({ quality: 80 }).toFile(again);
  await enrol({ name: "Somebody", images: [portrait] });
  await people.run(people.input.parse({ gallery, person: "Somebody", unname: true }), context);
  const { people: done } = await enrol({ name: "Ada", images: [again] });
  const group = done[0]?.groups[0];
  expect(done).toMatchObject([{ name: "Ada", faces: 1, groups: [expect.any(Number)] }]);
  expect(enrollText({ person: 1, name: "Ada", people: done, enrolled: [], warnings: [], failures: [] })).toContain(
    `Person ${group}, who has no name, looks like Ada: \`facenet people answer id:${done[0]?.person} yes --group ${group}\``,
  );
  expect(await namesIn(portrait)).toEqual(["Ada"]);
});

it("over HTTP a face of a group photograph is selected in the same ways, and identified at once", async () => {
  const settings = { maxPixels: 10_000_000, gallery, photographsFolder: join(folder, "photographs") };
  const { app, dispose } = await createTestApp({ settings });
  // biome-ignore lint/suspicious/noExplicitAny: answers of several shapes
  const send = async (path: string, fields: Record<string, string>, fileName = "group.jpg", damaged = ""): Promise<any> => {
    const body = new FormData();
    if (damaged !== "") body.append("images", new Blob(["no photograph"]), damaged);
    body.append("images", new Blob([new Uint8Array(await readFile(group))]), fileName);
    for (const [name, value] of Object.entries(fields)) body.append(name, value);
    return (await app.request(path, { method: "POST", body })).json();
  };
  try {
    const [first, second] = (await send("/v1/detect", {})).photographs[0].faces;
    const one = await send("/v1/people", { name: "First", position: "0" });
    expect(one).toMatchObject({ name: "First", enrolled: [{ box: first.box }], warnings: [] });
    const { x, y, width, height } = second.box;
    const two = await send("/v1/people", { name: "Second", box: [x, y, width, height].join(",") });
    expect(two.enrolled[0].box).toEqual(second.box);
    const { faces } = (await send("/v1/identify", {})).photographs[0];
    expect(faces.slice(0, 2).map(({ name }: { name: string }) => name)).toEqual(["First", "Second"]);
    const again = await send("/v1/people", { name: "Third", position: "0" });
    expect(again.enrolled[0].reasons).toContainEqual(expect.stringMatching(/^was First/));
    const { error } = await send("/v1/people", { name: "Fourth", position: "9" }, "as-uploaded.jpg"); // stored as group.jpg
    expect(error.code).toBe("ENROLMENT_FAILED");
    expect(error.message).toContain("as-uploaded.jpg: position: does not match a face;");
    const { enrolled, failures } = await send("/v1/people", { name: "Fifth", faces: "largest" }, "as-uploaded.jpg", "notes.jpg");
    expect(enrolled).toMatchObject([{ image: "as-uploaded.jpg" }]);
    expect(failures).toMatchObject([{ path: "notes.jpg", message: expect.stringMatching(/^not a supported/) }]);
    const stored = (await readdir(settings.photographsFolder, { recursive: true })).filter((name) => name.endsWith(".jpg"));
    expect(stored.map((name) => basename(name))).toEqual(["group.jpg"]);
    expect((await send("/v1/people", { name: "Fourth", tree: folder })).error.code).toBe("OPTION_INVALID");
  } finally {
    await dispose();
  }
});

describe("doubtful photographs", () => {
  it("are those of different people, of somebody else's face and of poor quality", async () => {
    const faces = await facesIn(group);
    const cut = async (i: number, side?: number) => {
      const { x, y, width, height } = faces[i]?.box ?? { x: 0, y: 0, width: 1, height: 1 };
      const path = join(folder, `${i}-${side}.png`);
      const part = {
        left: Math.round(x - width / 2),
        top: Math.round(Math.max(0, y - height / 2)),
        width: Math.round(2 * width),
        height: Math.round(2 * height),
      };
      const picture = await sharp(group).extract(part).png().toBuffer();
      await (side === undefined ? sharp(picture) : sharp(picture).resize({ width: side })).png().toFile(path);
      return path;
    };
    const [one, two] = [await cut(0), await cut(1)];
    const apart = await enrol({ name: "Ada", images: [one, two], faces: "central" });
    expect(apart.warnings).toEqual([expect.stringMatching(/^The photographs of Ada appear to show 2 people/)]);
    expect(apart.enrolled.map(({ reasons }) => reasons.some((reason) => /resembles none/.test(reason)))).toEqual([true, true]);
    const other = await enrol({ name: "Ben", images: [one], faces: "central" });
    expect(other.enrolled[0]?.reasons).toContain(`was Ada (${apart.person}) until now`);
    expect(other.warnings).toEqual([]);
    const small = await enrol({ name: "Cleo", images: [await cut(2, 48)], faces: "central", minFaceSize: 12 });
    expect(small.enrolled[0]?.reasons).toContainEqual(expect.stringMatching(/^small: \d+ pixels across, below 40$/));
    const { stdout, exitCode } = await runInProcess(["enroll", "Dora", one, two, "--faces", "central", "--gallery", gallery]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^2 faces of Dora \(\d+\) enrolled\.$/m);
    expect(stdout).toMatch(/^Warning: The photographs of Dora appear to show 2 people.*facenet undo/m);
    expect(stdout).toMatch(/was Ben \(\d+\) until now/);
  });
});

describe("a tree of folders", () => {
  it("is enrolled under the folders' names, and reverted by one undo", async () => {
    const tree = join(folder, "people");
    for (const name of ["Zoe\u0308", "Ben"]) await mkdir(join(tree, name), { recursive: true });
    await copyFile(await samplePortrait(), join(tree, "Zoe\u0308", "a.jpg"));
    await copyFile(samplePhotograph("sample3"), join(tree, "Ben", "group.jpg"));
    await copyFile(samplePhotograph("sample3"), join(tree, "Ben", "same.jpg"));
    const { people: done, failures, enrolled } = await enrol({ tree, faces: "largest" });
    expect(done.map(({ name, faces }) => [name, faces])).toEqual([
      ["Ben", 2],
      ["Zo\u00eb", 1],
    ]);
    expect([failures, enrolled.length]).toEqual([[], 3]);
    expect(await namesIn(await samplePortrait())).toEqual(["Zo\u00eb"]);
    await undo.run(undo.input.parse({ gallery }), context);
    expect((await people.run(people.input.parse({ gallery }), context)).people).toEqual([]);
  });

  it.each([
    [{ tree: "x", name: "Ada" }, /replaces a name/],
    [{ name: "Ada" }, /one photograph of Ada/],
    [{}, /a folder as tree/],
  ])("%j is refused", async (input, message) => {
    await expect(enrol(input)).rejects.toThrow(message);
    expect(existsSync(gallery)).toBe(false);
  });
});

it.skipIf(!hasLfw)(
  "real people in several photographs each are no warning; many people under one name are (else skipped: FACENET_DATA has no lfw)",
  async () => {
    const names = (await readdir(lfw)).sort();
    const withSeveral: string[] = [];
    for (const name of names) {
      const count = (await readdir(join(lfw, name))).length;
      if (count >= 3 && count <= 5) withSeveral.push(name);
      if (withSeveral.length === 8) break;
    }
    const tree = join(folder, "people");
    for (const name of withSeveral) {
      await mkdir(join(tree, name), { recursive: true });
      for (const file of await readdir(join(lfw, name))) await copyFile(join(lfw, name, file), join(tree, name, file));
    }
    const { people: done, warnings } = await enrol({ tree, faces: "central" });
    expect(done.map(({ name }) => name)).toEqual(withSeveral);
    expect(warnings.length).toBeLessThanOrEqual(1);
    const crowd = names.slice(100, 112).map((name) => join(lfw, name, `${name}_0001.jpg`));
    const mixed = await enrol({ name: "Everybody", images: crowd, faces: "central" });
    const [, count] = /appear to show (\d+) people/.exec(mixed.warnings[0] ?? "") ?? [];
    expect(Number(count)).toBeGreaterThanOrEqual(10);
  },
  120_000,
);
