/** Maps errors of PostgreSQL and the network to error codes. */
import { FaceNetError, type FaceNetErrorCode, reasonOf } from "../../../errors.ts";

/** SQLSTATE codes and two-character classes (PostgreSQL manual, appendix A). */
const codeOf: Readonly<Record<string, FaceNetErrorCode>> = {
  "08": "GALLERY_UNREACHABLE",
  "28": "GALLERY_ACCESS_DENIED",
  "3D000": "GALLERY_DATABASE_MISSING",
  "42501": "GALLERY_ACCESS_DENIED",
  "53300": "GALLERY_UNREACHABLE",
  "57P01": "GALLERY_UNREACHABLE",
  "57P02": "GALLERY_UNREACHABLE",
  "57P03": "GALLERY_UNREACHABLE",
  "57P05": "GALLERY_UNREACHABLE",
  XX001: "GALLERY_DAMAGED",
  XX002: "GALLERY_DAMAGED",
};

/** Conflicts of concurrent transactions: deadlock, serialisation failure, or a row removed by another. */
const COLLISIONS: ReadonlySet<string | undefined> = new Set(["40001", "40P01", "23503"]);

/** Connection errors; `pg` gives some of them no SQLSTATE code. */
const NETWORK = /^(E[A-Z]{4,}|ERR_SSL_\w+)$/;
const BROKEN =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|timeout expired|The server does not support SSL)/;

/** @returns the FaceNetError for a database error; other errors unchanged */
export function galleryError(error: unknown, { name, database }: { readonly name: string; readonly database: string }): unknown {
  if (error instanceof FaceNetError) return error;
  const code = isBroken(error) ? "GALLERY_UNREACHABLE" : ofState(stateOf(error));
  return new FaceNetError(code ?? "GALLERY_NOT_WRITABLE", { gallery: name, database, reason: plainReason(error) }, error);
}

/** The connection broke before a response: retrying over another may succeed. */
export function isUnreachable(error: unknown): boolean {
  return error instanceof FaceNetError && error.code === "GALLERY_UNREACHABLE";
}

/** The work can be retried. */
export function isCollision(error: unknown): boolean {
  return error instanceof FaceNetError && COLLISIONS.has(stateOf(error.cause));
}

function ofState(state: string | undefined): FaceNetErrorCode | undefined {
  return state === undefined ? undefined : (codeOf[state] ?? codeOf[state.slice(0, 2)]);
}

function stateOf(error: unknown): string | undefined {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === "string" ? code : undefined;
}

function isBroken(error: unknown): boolean {
  return NETWORK.test(stateOf(error) ?? "") || BROKEN.test(reasonOf(error));
}

/** If a host has several addresses, Node throws an AggregateError with an empty message. */
function plainReason(error: unknown): string {
  if (error instanceof AggregateError && error.message === "") return error.errors.map(reasonOf).join("; ");
  return reasonOf(error);
}
