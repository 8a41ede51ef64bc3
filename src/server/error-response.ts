/** Errors as clients see them: a status, and the library's code and message as JSON. */
import * as z from "zod";
import { FaceNetError } from "../errors.ts";
import { type ErrorStatus, statusOfError } from "./http-status.ts";

export const ErrorBody = z
  .object({
    error: z.object({
      code: z.string().describe("docs/errors.md lists them; stable, for programs"),
      message: z.string().describe("for people: the thing, the rule, the way out"),
      requestId: z.string().describe("finds the request in the server's log"),
    }),
  })
  .meta({ id: "Error" });
export type ErrorBody = z.infer<typeof ErrorBody>;

/** Statuses of requests that are worth sending again, later. */
const comeBack: ReadonlySet<ErrorStatus> = new Set([429, 503]);

/**
 * Of an error on the server's side only the code is told: its message may name files of this machine.
 *
 * @param requestId of the request that failed
 */
export function errorResponse(error: FaceNetError, requestId: string): Response {
  const status = statusOfError(error.code);
  const own = status === 500 || error.code.startsWith("GALLERY_");
  const message = own ? "The server cannot do this. Its log says why, under the request's id." : error.message;
  const body: ErrorBody = { error: { code: error.code, message, requestId } };
  const headers = new Headers({ "content-type": "application/json", "cache-control": "no-store" });
  if (comeBack.has(status)) headers.set("retry-after", String(retrySeconds(error)));
  if (status === 401) headers.set("www-authenticate", 'Bearer realm="facenet"');
  return new Response(JSON.stringify(body), { status, headers });
}

function retrySeconds({ data }: FaceNetError): number {
  return typeof data.seconds === "number" ? data.seconds : 1;
}

/** What was thrown on the way to an answer, as one of ours. */
export function requestError(reason: string, cause?: unknown): FaceNetError {
  return new FaceNetError("REQUEST_INVALID", { reason }, cause);
}
