import { expect, test, vi } from "vitest";
import type { FaceNet, FaceNetOptions } from "../faces/facenet.ts";
import { createContext } from "./context.ts";

function fakeLoader() {
  const dispose = vi.fn(() => Promise.resolve());
  const loadFaceNet = vi.fn(async (_: FaceNetOptions) => ({ dispose }) as unknown as FaceNet);
  return { dispose, loadFaceNet };
}

const onProgress = vi.fn();

test("the same model options are loaded once, different ones separately", async () => {
  const { loadFaceNet } = fakeLoader();
  const { load } = createContext({ signal: new AbortController().signal, onProgress, loadFaceNet });
  const [first, again, other] = await Promise.all([load({ threads: 1 }), load({ threads: 1 }), load({ threads: 2 })]);
  expect(first).toBe(again);
  expect(first).not.toBe(other);
  expect(loadFaceNet).toHaveBeenCalledTimes(2);
});

test("only model options are compared", async () => {
  const { loadFaceNet } = fakeLoader();
  const { load } = createContext({ signal: new AbortController().signal, onProgress, loadFaceNet });
  const options: FaceNetOptions & { images: string[] } = { model: "m", images: ["a.jpg"] };
  await load(options);
  await load({ ...options, images: ["b.jpg"] } as FaceNetOptions);
  expect(loadFaceNet.mock.calls).toEqual([[{ model: "m" }]]);
});

test("dispose frees each loaded model, even if another failed to load", async () => {
  const { dispose, loadFaceNet } = fakeLoader();
  const context = createContext({ signal: new AbortController().signal, onProgress, loadFaceNet });
  await context.load({ threads: 1 });
  loadFaceNet.mockRejectedValueOnce(new Error("no such model"));
  await expect(context.load({ model: "none" })).rejects.toThrow("no such model");
  await context.dispose();
  expect(dispose).toHaveBeenCalledTimes(1);
});

test("aborting ends the wait for a loading model", async () => {
  const abort = new AbortController();
  const { load } = createContext({ signal: abort.signal, onProgress, loadFaceNet: () => Promise.race<FaceNet>([]) });
  const loading = load({});
  abort.abort(new Error("stop"));
  await expect(loading).rejects.toThrow("stop");
  await expect(load({})).rejects.toThrow("stop");
});
