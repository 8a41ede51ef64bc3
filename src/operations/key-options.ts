/** Option for the file of API keys. */
import { dirname, join } from "node:path";
import * as z from "zod";
import { defaultGallery } from "../gallery/access/open-gallery.ts";

export const keysOption = {
  keys: z.string().optional().describe("file of the API keys (default: keys.json in the user's data folder)"),
};

/** Default file of API keys. */
export function defaultKeyFile(): string {
  return join(dirname(defaultGallery()), "keys.json");
}
