/** Thread of the serve benchmark: measures the latency of /health every 20 ms. */
import { parentPort, workerData } from "node:worker_threads";
import { Client } from "undici";

const EVERY_MS = 20;
const client = new Client(workerData as string);
let times: number[] = [];

async function probe(): Promise<void> {
  const start = performance.now();
  const { body } = await client.request({ method: "GET", path: "/health" });
  await body.dump();
  times.push(performance.now() - start);
  setTimeout(() => void probe(), EVERY_MS);
}

parentPort?.on("message", (message: "reset" | "read") => {
  if (message === "read") parentPort?.postMessage(times);
  times = [];
});
void probe();
