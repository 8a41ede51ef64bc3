import * as z from "zod";

/** Which of the faces of a photograph are meant. */
export const FaceChoice = z
  .enum(["all", "only", "prominent", "largest", "central"])
  .describe(
    "which faces: all; the only one (several are an error); the prominent one, at least twice as large as any other (none such is an error); the largest; the largest near the centre",
  );
export type FaceChoice = z.infer<typeof FaceChoice>;
