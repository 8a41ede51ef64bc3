import * as z from "zod";

/** Which faces of a photograph to use. */
export const FaceChoice = z
  .enum(["all", "only", "prominent", "largest", "central"])
  .describe(
    "which faces: all; the only one (error if there are several); the prominent one, at least twice as large as any other (error if there is none); the largest; the largest near the centre",
  );
export type FaceChoice = z.infer<typeof FaceChoice>;
