/** The address of a gallery on a PostgreSQL server, taken apart: `postgres://user:password@host:5432/database?schema=faces`. */
import { FaceNetError } from "../../../errors.ts";

export type PostgresAddress = {
  /** What `pg` connects to; may hold a password. */
  readonly connection: string;
  readonly database: string;
  /** Where the gallery's tables lie in the database. */
  readonly schema: string;
  /** For messages: without password and settings. */
  readonly name: string;
};

const DEFAULT_SCHEMA = "facenet";
/** What PostgreSQL takes as a name without quotes. */
const SCHEMA_NAME = /^[a-z_][a-z0-9_]{0,62}$/;

export function isPostgresAddress(name: string): boolean {
  return /^postgres(ql)?:/i.test(name);
}

/** @throws FaceNetError OPTION_INVALID; its message does not repeat the address, which may hold a password */
export function parsePostgresAddress(address: string): PostgresAddress {
  const url = URL.parse(address);
  if (!url)
    throw invalid(
      "an address is postgres://user@host:port/database; write special characters of user and password as %40 (@), %2F (/), %23 (#)",
    );
  const schema = url.searchParams.get("schema") ?? DEFAULT_SCHEMA;
  if (!SCHEMA_NAME.test(schema)) throw invalid(`schema must be lower-case letters, digits and _, got ${JSON.stringify(schema)}`);
  const user = url.username === "" ? "" : `${url.username}@`;
  const setting = schema === DEFAULT_SCHEMA ? "" : `?schema=${schema}`;
  const name = `${url.protocol}//${user}${url.host}${url.pathname}${setting}`;
  url.searchParams.delete("schema");
  return { connection: url.href, database: decodeURIComponent(url.pathname.slice(1)), schema, name };
}

function invalid(reason: string): FaceNetError {
  return new FaceNetError("OPTION_INVALID", { option: "gallery", reason });
}
