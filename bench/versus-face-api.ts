/**
 * Photograph to embeddings of all faces, including decoding, compared with @vladmandic/face-api on tfjs-wasm (SSD MobileNetV1, 68
 * landmarks, descriptors) in a separate process.
 */
import { type ChildProcess, execFile, fork } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { reasonOf } from "../src/errors.ts";
import { FaceNet } from "../src/faces/facenet.ts";
import { type Bench, type Laps, msEach, type Row, race, single, speedOf } from "./measure.ts";
import { samplePaths } from "./samples.ts";

const peers = fileURLToPath(new URL("./peers", import.meta.url));
const INSTALL_TIMEOUT_MS = 300_000;
const TARGET_TIMES = 10;
const PEER = "face-api, tfjs-wasm";

export const versusFaceApi: Bench = async () => {
  try {
    await installPeers();
  } catch (error) {
    return { skipped: `the peers could not be installed (npm ci --prefix bench/peers): ${reasonOf(error).trim()}` };
  }
  const facenet = await FaceNet.load();
  const peer = await startPeer();
  const faces: Record<string, number> = {};
  const streamedName = `facenet, streamed, ${availableParallelism()} workers`;
  const contestants = {
    [PEER]: async () => {
      let count = 0;
      for (const path of samplePaths) count += await peer.countFaces(path);
      faces[PEER] = count;
    },
    "facenet, one call at a time": async () => {
      let count = 0;
      for (const path of samplePaths) count += (await facenet.embed(path)).faces.length;
      faces["facenet, one call at a time"] = count;
    },
    [streamedName]: async () => {
      let count = 0;
      for await (const item of facenet.embed(samplePaths)) {
        if (!item.ok) throw item.error;
        count += item.value.faces.length;
      }
      faces[streamedName] = count;
    },
  };
  const lapsOf = await race(contestants, { rounds: 5 });
  await facenet.dispose();
  peer.end();

  const names = Object.keys(contestants);
  const row = (name: string, unit: string, value: Row["value"]): Row => ({ name, unit, value });
  // Per face: the time of a photograph divided by the number of faces found by the same library.
  const perFace = (name: string): Laps => lapsOf(name).map((ms) => ms / (faces[name] ?? 0));
  const speed = (name: string): Pick<Row, "speed" | "target"> =>
    name === PEER
      ? {}
      : {
          speed: { times: speedOf(perFace(name), perFace(PEER)), as: "face-api" },
          target: { of: "speed", limit: "at least", number: TARGET_TIMES },
        };
  return [
    ...names.map((name) => row(name, "faces found", single(faces[name] ?? 0))),
    ...names.map((name) => row(name, "ms a photograph", msEach(lapsOf(name), samplePaths.length))),
    ...names.map((name) => ({ ...row(name, "ms a face", msEach(perFace(name), 1)), ...speed(name) })),
  ];
};

async function installPeers(): Promise<void> {
  if (existsSync(`${peers}/node_modules/.package-lock.json`)) return;
  const npm = process.env.npm_execpath;
  const [command, first] = npm?.endsWith(".js") ? [process.execPath, [npm]] : ["npm", []];
  const args = [...first, "ci", "--prefix", peers, "--ignore-scripts", "--silent"];
  await promisify(execFile)(command, args, {
    timeout: INSTALL_TIMEOUT_MS,
    shell: process.platform === "win32" && command === "npm",
  });
}

async function startPeer() {
  const child: ChildProcess = fork(`${peers}/face-api.mjs`, { execArgv: [] });
  const ended = once(child, "exit").then(([code]) => {
    throw new Error(`bench/peers/face-api.mjs ended with code ${code}`);
  });
  ended.catch(() => undefined); // only relevant to pending requests
  const answer = async (): Promise<unknown> => {
    const [message] = (await Promise.race([once(child, "message"), ended])) as [unknown];
    return message;
  };
  await answer(); // it is loaded
  return {
    async countFaces(path: string): Promise<number> {
      child.send(path);
      return (await answer()) as number;
    },
    end(): void {
      child.disconnect();
    },
  };
}
