/** A file or image that could not be processed. */
import * as z from "zod";

const reason = { code: z.string(), message: z.string() };

export const FileFailure = z.object({ path: z.string(), ...reason });
export type FileFailure = z.infer<typeof FileFailure>;

export const ImageFailure = z.object({ image: z.string(), ...reason });
export type ImageFailure = z.infer<typeof ImageFailure>;
