import * as z from "zod";

export const reportsOption = {
  reports: z
    .array(z.string())
    .default([])
    .describe("folders of reports to show: those of `facenet evaluate --report` and of `facenet train --output`"),
};
