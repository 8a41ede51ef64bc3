/** Options of `facenet serve`. */
import * as z from "zod";
import { reportsOption } from "../operations/reports/reports-option.ts";
import { galleryOption, modelOptions } from "../schemas/options.ts";

export const LogLevel = z.enum(["silent", "error", "warn", "info", "debug"]);

export const ServeOptions = z.strictObject({
  host: z.string().min(1).default("127.0.0.1").describe("address to listen on; any but loopback requires API keys"),
  port: z.int().min(0).max(65_535).default(8128).describe("port to listen on; 0: any free port"),
  open: z.boolean().default(false).describe("open the page in a browser"),
  ...galleryOption,
  photographs: z.string().optional().describe("folder for uploaded photographs (default: photographs beside the gallery)"),
  folders: z.array(z.string()).default([]).describe("folders of this machine that requests may index"),
  ...reportsOption,
  keys: z.string().optional().describe("file with the API keys (default: keys.json in the user's data folder)"),
  requireKeys: z.boolean().default(false).describe("require a key on loopback too; for servers behind a proxy"),
  trustProxy: z
    .array(z.string())
    .default([])
    .describe("proxies (addresses or networks) whose X-Forwarded-For is trusted: 127.0.0.1, 10.0.0.0/8; requires keys"),
  allowHosts: z.array(z.string()).default([]).describe("additional host names of the server"),
  corsOrigins: z.array(z.string()).default([]).describe("other origins with access (CORS): https://album.example"),
  rateLimit: z.int().min(0).default(0).describe("requests per minute and key or address; 0: no limit"),
  queue: z
    .int()
    .min(1)
    .max(100_000)
    .default(128)
    .describe("maximum requests with photographs waiting or running; more get status 503"),
  maxUploadMb: z.int().min(1).max(4096).default(64).describe("largest request in megabytes"),
  maxPixels: z.number().min(1).default(60_000_000).describe("largest photograph in pixels (width x height)"),
  graceSeconds: z.int().min(0).max(3600).default(30).describe("grace period for open requests when the server stops"),
  audit: z.string().optional().describe("file of the audit log (default: audit.jsonl beside the gallery)"),
  logLevel: LogLevel.default("info").describe("log level; JSON lines on standard error"),
  ...modelOptions,
});
export type ServeOptions = z.infer<typeof ServeOptions>;
