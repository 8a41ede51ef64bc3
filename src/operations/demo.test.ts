import { expect, it, vi } from "vitest";
import { borrowGallery } from "../gallery/access/borrow-gallery.ts";
import { demo } from "./demo.ts";

vi.mock("node:module", () => ({
  createRequire: () => ({
    resolve: (name: string) => {
      throw new Error(`Cannot find module '${name}'`);
    },
  }),
}));

it("requires photographs if the samples are not installed, before loading any model", async () => {
  const load = vi.fn<() => Promise<never>>();
  const run = demo.run(demo.input.parse({}), {
    load,
    borrowGallery,
    signal: new AbortController().signal,
    onProgress: () => undefined,
  });
  await expect(run).rejects.toMatchObject({
    code: "OPTION_INVALID",
    message: expect.stringMatching(/^images: name photographs, .* not installed\.$/),
  });
  expect(load).not.toHaveBeenCalled();
});
