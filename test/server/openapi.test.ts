import { join } from "node:path";
import SwaggerParser from "@apidevtools/swagger-parser";
import { createConfig, lintFromString } from "@redocly/openapi-core";
import { Validator } from "@seriousme/openapi-schema-validator";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { temporaryFolder } from "../temporary-folder.ts";
import { createTestApp, type TestApp } from "./test-app.ts";

let folder: string;
let test: TestApp;
let document: string;
beforeAll(async () => {
  folder = await temporaryFolder("openapi");
  const settings = { gallery: join(folder, "gallery.db"), photographsFolder: join(folder, "photographs") };
  test = await createTestApp({ settings });
  document = await (await test.app.request("/openapi.json")).text();
});
afterAll(async () => {
  await test.dispose();
});

describe("the document is valid", () => {
  it("to @seriousme/openapi-schema-validator", async () => {
    expect(await new Validator().validate(JSON.parse(document))).toEqual({ valid: true });
  });

  it("to swagger-parser", async () => {
    await SwaggerParser.validate(JSON.parse(document));
  });

  it("to redocly lint, its recommended rules without a warning", async () => {
    const problems = await lintFromString({ source: document, config: await createConfig({ extends: ["recommended"] }) });
    expect(problems.map(({ ruleId, message, location }) => `${ruleId}: ${message} ${location[0]?.pointer}`)).toEqual([]);
  });
});
