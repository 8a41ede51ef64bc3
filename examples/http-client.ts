/** Asks a running `facenet serve` who is in a photograph: `node http-client.ts http://127.0.0.1:8128 party.jpg`. */
import { openAsBlob } from "node:fs";
import { createClient, ServiceError } from "facenet128/client";

const [url = "", photograph = ""] = process.argv.slice(2);
const service = createClient({ url, key: process.env.FACENET_KEY });

try {
  const { photographs } = await service.identify({ images: [await openAsBlob(photograph)] });
  for (const one of photographs) {
    if ("error" in one) throw new Error(`${one.image}: ${one.error.message}`);
    for (const { name, distance } of one.faces) console.log(name ?? "unknown", distance?.toFixed(3) ?? "");
  }
} catch (error) {
  if (!(error instanceof ServiceError)) throw error;
  console.error(`${error.code}: ${error.message}`);
  process.exitCode = 1;
}
