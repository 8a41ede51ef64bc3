/** Hostile clients on separate connections: wrong keys, headers and bodies that never end, files that are not photographs. */
import { randomBytes } from "node:crypto";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { crc32 } from "node:zlib";
import sharp from "sharp";
import { Pool } from "undici";

export const hostileKinds = ["wrong key", "slow head", "slow body", "hostile file"] as const;
export type HostileKind = (typeof hostileKinds)[number];

export type HostileOptions = {
  readonly url: string;
  /** Key of scope read, of an authenticated client that sends invalid files. */
  readonly key: string;
  /** Connections of each kind. */
  readonly connections: Readonly<Partial<Record<HostileKind, number>>>;
  /** Side in pixels of a white picture that is small as a file. */
  readonly bombSidePx?: number;
  readonly signal: AbortSignal;
};

/** Outcomes of connections, by kind: a status, `closed` without one, or the reason of an error. */
export type HostileOutcome = Readonly<Record<HostileKind, Readonly<Record<string, number>>>>;

/** Interval between two bytes of a slow client. */
const DRIP_MS = 200;

/** Runs until the signal aborts. */
export async function hostileClients({
  url,
  key,
  connections,
  bombSidePx = 1000,
  signal,
}: HostileOptions): Promise<HostileOutcome> {
  const outcome = Object.fromEntries(hostileKinds.map((kind) => [kind, {} as Record<string, number>])) as Record<
    HostileKind,
    Record<string, number>
  >;
  const files = connections["hostile file"] ? await hostileFiles(bombSidePx) : [];
  const works: Record<HostileKind, () => () => Promise<string | number>> = {
    "wrong key": () => wrongKeys(url, signal),
    "hostile file": () => fileAfterFile(url, key, files, signal),
    "slow head": () => () => drip(url, "GET /v1/people HTTP/1.1\r\nhost: localhost\r\nx-slow: ", signal),
    "slow body": () => {
      const head = ["POST /v1/detect HTTP/1.1", "host: localhost", `authorization: Bearer ${key}`, "content-type: image/jpeg"];
      return () => drip(url, `${head.join("\r\n")}\r\ncontent-length: 1000000\r\n\r\n`, signal);
    },
  };
  const client = async (kind: HostileKind): Promise<void> => {
    const work = works[kind]();
    while (!signal.aborted) {
      const end = String(await work().catch((error: NodeJS.ErrnoException) => error.code ?? error.message));
      if (!signal.aborted) outcome[kind][end] = (outcome[kind][end] ?? 0) + 1;
    }
  };
  await Promise.all(hostileKinds.flatMap((kind) => Array.from({ length: connections[kind] ?? 0 }, () => client(kind))));
  return outcome;
}

/** Well-formed, so that each has to be looked up. */
function wrongKeys(url: string, signal: AbortSignal): () => Promise<number> {
  const pool = new Pool(url, { connections: 1 });
  signal.addEventListener("abort", () => void pool.destroy(), { once: true });
  return async () => {
    const key = `fn_${randomBytes(6).toString("hex")}_${randomBytes(32).toString("base64url")}`;
    const { statusCode, body } = await pool.request({
      method: "GET",
      path: "/v1/people",
      headers: { authorization: `Bearer ${key}` },
    });
    await body.dump();
    return statusCode;
  };
}

function fileAfterFile(url: string, key: string, files: readonly Uint8Array[], signal: AbortSignal): () => Promise<number> {
  const pool = new Pool(url, { connections: 1 });
  signal.addEventListener("abort", () => void pool.destroy(), { once: true });
  let next = Math.floor(Math.random() * files.length);
  return async () => {
    const headers = { authorization: `Bearer ${key}`, "content-type": "image/jpeg" };
    const bytes = files[next++ % files.length] as Uint8Array;
    const { statusCode, body } = await pool.request({ method: "POST", path: "/v1/detect", headers, body: bytes });
    await body.dump();
    if (statusCode === 503) await sleep(1000);
    return statusCode;
  };
}

/** Sends the start at once, then single bytes. @returns the status with which the server gave up, or "closed" */
async function drip(url: string, start: string, signal: AbortSignal): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  let answer = "";
  const closed = new Promise<void>((resolve) => socket.on("close", resolve));
  socket.on("data", (chunk) => {
    answer += String(chunk);
  });
  socket.on("error", () => undefined); // "close" follows
  socket.write(start);
  const dripping = setInterval(() => socket.write("x"), DRIP_MS);
  const stop = () => socket.destroy();
  signal.addEventListener("abort", stop, { once: true });
  await closed;
  clearInterval(dripping);
  signal.removeEventListener("abort", stop);
  return /^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? "closed";
}

/** Header of a 16,000 x 16,000 picture, in a hundred bytes. */
function hugePng(): Uint8Array {
  const head = Buffer.from("IHDR\0\0\x3e\x80\0\0\x3e\x80\x08\x02\0\0\0", "latin1");
  const length = Buffer.from([0, 0, 0, head.length - 4]);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(head));
  return Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), length, head, checksum, Buffer.from("\0\0\0\x40IDAT")]);
}

/** None of these can be processed as a photograph. */
export async function hostileFiles(bombSidePx: number): Promise<Uint8Array[]> {
  const photograph = await sharp({ create: { width: 600, height: 600, channels: 3, background: "teal" } })
    .jpeg()
    .toBuffer();
  const white = { width: bombSidePx, height: bombSidePx, channels: 3 as const, background: "white" };
  const bomb = await sharp({ create: white }).png({ compressionLevel: 9 }).toBuffer();
  const frames = await sharp(Buffer.alloc(64 * 64 * 500 * 3), {
    raw: { width: 64, height: 64 * 500, channels: 3, pageHeight: 64 },
  })
    .gif({ loop: 0 })
    .toBuffer();
  const svg = '<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd" width="9" height="9"/></svg>';
  const heic = Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from("ftypheic\0\0\0\0mif1heic"), randomBytes(5000)]);
  const damaged = Buffer.from(photograph);
  randomBytes(2000).copy(damaged, 700);
  const tiff = Buffer.from("II*\0\x08\0\0\0\xff\xff", "latin1");
  return [
    photograph.subarray(0, photograph.length / 2),
    damaged,
    hugePng(),
    bomb,
    frames,
    Buffer.from(svg),
    Buffer.from(`\ufeff<?xml version="1.0"?>${svg}`),
    heic,
    Buffer.concat([tiff, randomBytes(3000)]),
    randomBytes(100_000),
    Buffer.alloc(0),
    Buffer.concat([photograph.subarray(0, 2), Buffer.alloc(5_000_000, 0xff)]),
  ];
}
