/**
 * Photograph to embeddings of all faces, including decoding, compared with Python libraries: OpenCV's YuNet and SFace (the same
 * embedder, one view each) and face_recognition on dlib.
 */
import { availableParallelism } from "node:os";
import { FaceNet } from "../src/faces/facenet.ts";
import { type Bench, msEach, race, single, speedOf } from "./measure.ts";
import { dlib, isInstalled, opencv, python, startPeer } from "./python-peers.ts";
import { samplePaths } from "./samples.ts";

/** Relative to OpenCV. */
const TARGET_TIMES = 3;
const ONE_VIEW = `facenet, one view, ${availableParallelism()} workers`;
const DEFAULT = "facenet, the default with the mirrored view";

export const versusPython: Bench = async () => {
  if (!(await isInstalled(opencv)))
    return { skipped: `${python} lacks a package: pip install ${opencv.packages}, or name another in PYTHON` };
  const peers = [opencv];
  if (await isInstalled(dlib)) peers.push(dlib);
  else console.log(`without ${dlib.name}: pip install ${dlib.packages}`);
  const facenet = await FaceNet.load();
  const faces: Record<string, number> = {};
  const streamed = (flip: boolean) => async (): Promise<number> => {
    let count = 0;
    for await (const item of facenet.embed(samplePaths, { flip })) {
      if (!item.ok) throw item.error;
      count += item.value.faces.length;
    }
    return count;
  };
  const processes = peers.map(({ name, script }) => ({ name, ...startPeer(script, samplePaths) }));
  const counters: Record<string, () => Promise<number>> = {
    ...Object.fromEntries(processes.map(({ name, ask }) => [name, async () => (await ask<{ faces: number }>("")).faces])),
    [ONE_VIEW]: streamed(false),
    [DEFAULT]: streamed(true),
  };
  const contestants = Object.fromEntries(
    Object.entries(counters).map(([name, count]) => [
      name,
      async () => {
        faces[name] = await count();
      },
    ]),
  );
  const lapsOf = await race(contestants, { rounds: 7 });
  await facenet.dispose();
  for (const { end } of processes) end();
  const names = Object.keys(contestants);
  return [
    ...names.map((name) => ({ name, unit: "faces found", value: single(faces[name] ?? 0) })),
    ...names.map((name) => ({
      name,
      unit: "ms a photograph",
      value: msEach(lapsOf(name), samplePaths.length),
      ...(name === opencv.name ? {} : { speed: { times: speedOf(lapsOf(name), lapsOf(opencv.name)), as: "OpenCV" } }),
      ...(name === ONE_VIEW ? { target: { of: "speed", limit: "at least", number: TARGET_TIMES } as const } : {}),
    })),
  ];
};
