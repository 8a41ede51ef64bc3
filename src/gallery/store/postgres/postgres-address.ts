/** Parses the address of a gallery on a PostgreSQL server: `postgres://user:password@host:5432/database?schema=faces`. */
import { FaceNetError } from "../../../errors.ts";

export type PostgresAddress = {
  /** Connection string for `pg`; may contain a password. */
  readonly connection: string;
  readonly database: string;
  /** Schema that contains the gallery's tables. */
  readonly schema: string;
  /** For messages: without the password and settings. */
  readonly name: string;
};

const DEFAULT_SCHEMA = "facenet";
/** Names that PostgreSQL accepts without quotes. */
const SCHEMA_NAME = /^[a-z_][a-z0-9_]{0,62}$/;

export function isPostgresAddress(name: string): boolean {
  return /^postgres(ql)?:/i.test(name);
}

/** @throws FaceNetError OPTION_INVALID; its message omits the address, which may contain a password */
export function parsePostgresAddress(address: string): PostgresAddress {
  const url = URL.parse(address);
  if (!url)
    throw invalid(
      "must have the form postgres://user@host:port/database; encode special characters of user and password: %40 (@), %2F (/), %23 (#)",
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
