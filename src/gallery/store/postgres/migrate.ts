/** Migrates the tables of a gallery to the current schema; one process at a time. */
import type pg from "pg";
import { FaceNetError } from "../../../errors.ts";
import { postgresMigrations as migrations } from "../sql/migrations.ts";
import type { PostgresAddress } from "./postgres-address.ts";

/**
 * @param create create missing tables
 * @throws FaceNetError GALLERY_NOT_FOUND, GALLERY_TOO_NEW, and the database's own errors
 */
export async function migrate(pool: pg.Pool, address: PostgresAddress, create: boolean): Promise<void> {
  const client = await pool.connect();
  let broken: unknown;
  try {
    const version = await versionOf(client, address);
    if (version === 0 && !create) throw new FaceNetError("GALLERY_NOT_FOUND", { gallery: address.name, nearest: [] });
    if (version < migrations.length) await migrateOver(client, address);
  } catch (error) {
    broken = error;
    throw error;
  } finally {
    client.release(broken !== undefined);
  }
}

/** 0 if there are no tables yet. @throws FaceNetError GALLERY_TOO_NEW */
async function versionOf(client: pg.PoolClient, { name, schema }: PostgresAddress): Promise<number> {
  const { rows } = await client.query("SELECT to_regclass($1) IS NOT NULL AS known", [`${schema}.schema_version`]);
  if (!rows[0].known) return 0;
  const version = (await client.query(`SELECT version FROM ${schema}.schema_version`)).rows[0]?.version ?? 0;
  if (version > migrations.length)
    throw new FaceNetError("GALLERY_TOO_NEW", { gallery: name, actual: version, known: migrations.length });
  return version;
}

/** Takes the lock before the transaction, which then sees what another process created during the wait. */
async function migrateOver(client: pg.PoolClient, address: PostgresAddress): Promise<void> {
  const { schema } = address;
  const lock = `hashtext('facenet schema'), hashtext('${schema}')`;
  await client.query(`SELECT pg_advisory_lock(${lock})`);
  await client.query("BEGIN");
  const version = await versionOf(client, address);
  // CREATE SCHEMA IF NOT EXISTS would require the privilege to create schemas even if the schema exists.
  const { rows } = await client.query("SELECT 1 FROM pg_namespace WHERE nspname = $1", [schema]);
  if (rows.length === 0) await client.query(`CREATE SCHEMA ${schema}`);
  if (version === 0)
    await client.query(`
      CREATE TABLE ${schema}.schema_version (version integer NOT NULL);
      INSERT INTO ${schema}.schema_version VALUES (0)`);
  for (const step of migrations.slice(version)) await client.query(step);
  if (version === 0) await createPgvector(client);
  await client.query(`UPDATE ${schema}.schema_version SET version = $1`, [migrations.length]);
  await client.query(`COMMIT; SELECT pg_advisory_unlock(${lock})`);
}

/** Creates the pgvector extension, if it is available and permitted; the gallery works without it. */
async function createPgvector(client: pg.PoolClient): Promise<void> {
  const { rows } = await client.query(
    "SELECT 1 FROM pg_available_extensions WHERE name = 'vector' AND installed_version IS NULL",
  );
  if (rows.length === 0) return;
  await client.query("SAVEPOINT without");
  await client
    .query("CREATE EXTENSION IF NOT EXISTS vector SCHEMA public")
    .catch(() => client.query("ROLLBACK TO SAVEPOINT without"));
}
