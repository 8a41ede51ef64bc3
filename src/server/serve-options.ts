/** What `facenet serve` can be told. */
import * as z from "zod";
import { reportsOption } from "../operations/reports/reports-option.ts";
import { galleryOption, modelOptions } from "../schemas/options.ts";

export const LogLevel = z.enum(["silent", "error", "warn", "info", "debug"]);

export const ServeOptions = z.strictObject({
  host: z.string().min(1).default("127.0.0.1").describe("address to listen at; any but loopback needs an API key"),
  port: z.int().min(0).max(65_535).default(8128).describe("0: any that is free"),
  open: z.boolean().default(false).describe("open the page in a browser"),
  ...galleryOption,
  photographs: z
    .string()
    .optional()
    .describe("folder that uploaded photographs are kept in (default: photographs beside the gallery)"),
  folders: z.array(z.string()).default([]).describe("folders of this machine that may be indexed by request"),
  ...reportsOption,
  keys: z.string().optional().describe("file of the API keys (default: keys.json in the user's data folder)"),
  requireKeys: z.boolean().default(false).describe("ask for a key at loopback too; for servers behind a proxy"),
  allowHosts: z.array(z.string()).default([]).describe("names by which the server may be addressed, besides its own address"),
  corsOrigins: z.array(z.string()).default([]).describe("origins of other pages that may use the server: https://album.example"),
  rateLimit: z.int().min(0).default(0).describe("requests a minute of one key or address; 0: no limit"),
  queue: z
    .int()
    .min(1)
    .max(100_000)
    .default(128)
    .describe("requests with photographs in hand at once; more are told to come back"),
  maxUploadMb: z.int().min(1).max(4096).default(64).describe("largest request, megabytes"),
  maxPixels: z.number().min(1).default(60_000_000).describe("larger photographs are refused (width x height)"),
  graceSeconds: z.int().min(0).max(3600).default(30).describe("time that open requests have to end when the server stops"),
  audit: z.string().optional().describe("file of the audit record (default: audit.jsonl beside the gallery)"),
  logLevel: LogLevel.default("info").describe("how much is logged, as JSON lines on standard error"),
  ...modelOptions,
});
export type ServeOptions = z.infer<typeof ServeOptions>;
