/** The documents match the code. */
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { accuracyPage } from "../scripts/update-accuracy-docs.ts";
import { architecturePage, readRules, rulesOfImports } from "../scripts/update-architecture-docs.ts";
import { errorPage } from "../scripts/update-error-docs.ts";
import { experimentsPage, readExperiments } from "../scripts/update-experiments.ts";
import { lfwPage, readFigures } from "../scripts/update-results.ts";
import { planNetwork } from "../src/engine/graph/network.ts";
import { readCatalogue } from "../src/models/model-store.ts";
import { networks } from "../src/models/networks/registry.ts";

const read = (path: string) => readFile(new URL(`../${path}`, import.meta.url), "utf8");

describe("the documents", () => {
  it("list every error (else run: node scripts/update-error-docs.ts)", async () => {
    expect(await read("docs/errors.md")).toBe(errorPage());
  });

  it("show the rooms and their imports (else: the table in .dependency-cruiser.mjs, node scripts/update-architecture-docs.ts)", async () => {
    const { rooms, edges } = await readRules();
    const imports = await rulesOfImports(Object.keys(rooms));
    const sorted = (table: Readonly<Record<string, readonly string[]>>) =>
      Object.fromEntries(Object.entries(table).map(([name, to]) => [name, [...to].sort()]));
    expect(sorted(rooms)).toEqual(sorted(imports.rooms));
    expect(edges.toSorted()).toEqual(imports.edges.toSorted());
    expect(await read("docs/architecture.md")).toBe(await architecturePage());
  });

  it("name every shipped model", async () => {
    const page = await read("docs/models.md");
    const { models } = await readCatalogue();
    for (const { id } of models) expect(page).toContain(`\`${id}\``);
  });

  it("state the size of every network", async () => {
    const lines = (await read("docs/networks.md")).split("\n");
    for (const network of networks) {
      const { dimensions, parameterCount, multiplyAdds } = planNetwork(network);
      const { width, height } = network.input;
      const cells = lines
        .find((line) => line.startsWith(`| \`${network.name}\` |`))
        ?.split("|")
        .map((cell) => cell.trim());
      const figures = [dimensions, parameterCount, multiplyAdds].map((figure) => figure.toLocaleString("en-US"));
      expect([cells?.[2], cells?.[3], cells?.[4], cells?.[6]]).toEqual([`${width} x ${height}`, ...figures]);
    }
  });

  it("show the accuracy that the manifests record (else run: node scripts/update-accuracy-docs.ts)", async () => {
    expect(await read("docs/accuracy.md")).toBe(await accuracyPage());
  });

  it("show the experiments that were recorded (else run: node scripts/update-experiments.ts)", async () => {
    const page = await read("docs/results/experiments/README.md");
    expect(page).toBe(experimentsPage(await readExperiments()));
    for (const [, plot] of page.matchAll(/src="([^"]+\.svg)"/g))
      expect(await read(`docs/results/experiments/${plot}`)).toContain("<svg");
  });

  it("show the results on LFW that were recorded (else run: node scripts/update-results.ts)", async () => {
    const page = await read("docs/results/lfw/README.md");
    expect(page).toBe(lfwPage(await readFigures()));
    for (const [, plot] of page.matchAll(/src="([^"]+\.svg)"/g)) expect(await read(`docs/results/lfw/${plot}`)).toContain("<svg");
    expect(await read("docs/results/lfw/report.html")).not.toMatch(/<img|data:image/);
  });
});
