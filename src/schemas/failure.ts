/** A file or image that could not be processed. */
import * as z from "zod";

/** What is wrong and how to fix it. The file is named in the field beside it. */
export const Reason = z.object({ code: z.string(), message: z.string() });
export type Reason = z.infer<typeof Reason>;

export const FileFailure = z.object({ path: z.string(), ...Reason.shape });
export type FileFailure = z.infer<typeof FileFailure>;

export const ImageFailure = z.object({ image: z.string(), ...Reason.shape });
export type ImageFailure = z.infer<typeof ImageFailure>;
