import { describe, expect, it } from "vitest";
import { FaceNetError } from "../errors.ts";
import { createPhotograph } from "./photograph.ts";

describe("a photograph that cannot be decoded", () => {
  it("rejects the request, without unhandled rejections", async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => unhandled.push(reason);
    process.on("unhandledRejection", note);
    try {
      for (const ask of ["pixels", "resized"] as const) {
        for (const scale of [0.1, 0.5, 1, 2]) {
          const decode = async () => {
            throw new FaceNetError("IMAGE_CORRUPT", { image: "cut.jpg", reason: "premature end" });
          };
          const photograph = createPhotograph({ name: "cut.jpg", width: 400, height: 300, decode });
          await expect(photograph[ask](scale)).rejects.toMatchObject({ code: "IMAGE_CORRUPT" });
        }
      }
      await new Promise((resolve) => setTimeout(resolve, 10)); // rejections are reported after a turn of the event loop
      expect(unhandled).toEqual([]);
    } finally {
      process.off("unhandledRejection", note);
    }
  });
});
