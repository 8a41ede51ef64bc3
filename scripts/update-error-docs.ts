/** Writes docs/errors.md from the table of errors: `node scripts/update-error-docs.ts`. */
import { writeFile } from "node:fs/promises";
import { FaceNetError, type FaceNetErrorCode, faceNetErrorCodes } from "../src/errors.ts";

/** The page, with names in place of values. */
export function errorPage(): string {
  const rows = faceNetErrorCodes.map((code) => `| \`${code}\` | ${messageOf(code).replaceAll("|", "\\|")} |`);
  return [
    "# Errors",
    "",
    "Every error that the library throws on purpose is a `FaceNetError` with a `code` and the `data` its message is made from. (An",
    "aborted call rejects with the signal's reason instead.) This page is made by `node scripts/update-error-docs.ts`.",
    "",
    "| code | message |",
    "|---|---|",
    ...rows,
    "",
  ].join("\n");
}

function messageOf(code: FaceNetErrorCode): string {
  const named = new Proxy({}, { get: (_, name) => `‹${String(name)}›` });
  return new FaceNetError(code, named).message;
}

if (import.meta.main) await writeFile(new URL("../docs/errors.md", import.meta.url), errorPage());
