import * as z from "zod";

export const reportsOption = {
  reports: z
    .array(z.string())
    .default([])
    .describe("folders of reports: from `facenet evaluate --report` and `facenet train --output`"),
};
