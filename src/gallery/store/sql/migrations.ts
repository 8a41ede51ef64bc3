/** Schema migrations of a gallery, for both engines. Released steps are never changed. */

/** How an engine declares columns and tables. */
type Declarations = {
  /** numbers given by the database */
  readonly id: string;
  /** the same, never given again after a row is deleted */
  readonly lastingId: string;
  /** integers of 64, 32 and 16 bits */
  readonly bigint: string;
  readonly integer: string;
  readonly smallint: string;
  readonly real: string;
  readonly bytes: string;
  /** text ordered by its bytes */
  readonly text: string;
  /** at the end of a table, and of one stored by its key */
  readonly table: string;
  readonly keyed: string;
  /** tables of this engine alone */
  readonly own: string;
};

function migrations({ id, lastingId, bigint, integer, smallint, real, bytes, text, table, keyed, own }: Declarations): string[] {
  return [
    `
    CREATE TABLE property (name TEXT PRIMARY KEY, value TEXT NOT NULL)${keyed};

    CREATE TABLE photograph (
      id ${id},
      hash TEXT NOT NULL UNIQUE,
      width ${integer} NOT NULL,
      height ${integer} NOT NULL,
      taken_at ${text}
    )${table};
    CREATE INDEX photograph_taken_at ON photograph (taken_at);

    CREATE TABLE file (
      path ${text} PRIMARY KEY,
      bytes ${bigint} NOT NULL,
      modified_ms ${real} NOT NULL,
      photograph ${bigint} REFERENCES photograph ON DELETE CASCADE,
      error_code TEXT,
      error_message TEXT,
      missing ${smallint} NOT NULL DEFAULT 0,
      CHECK ((photograph IS NULL) <> (error_code IS NULL))
    )${keyed};
    CREATE INDEX file_photograph ON file (photograph);

    CREATE TABLE person (
      id ${lastingId},
      name ${text} UNIQUE
    )${table};

    CREATE TABLE face (
      id ${lastingId},
      photograph ${bigint} NOT NULL REFERENCES photograph ON DELETE CASCADE,
      person ${bigint} REFERENCES person ON DELETE SET NULL,
      assigned_by TEXT CHECK (assigned_by IN ('user', 'cluster')),
      code ${bytes} NOT NULL,
      acceptable ${smallint} NOT NULL,
      box TEXT NOT NULL,
      landmarks TEXT NOT NULL,
      quality TEXT NOT NULL,
      vector ${bytes}
    )${table};
    CREATE INDEX face_photograph ON face (photograph);
    CREATE INDEX face_person ON face (person);

    CREATE TABLE link (
      a ${bigint} NOT NULL REFERENCES face ON DELETE CASCADE,
      b ${bigint} NOT NULL REFERENCES face ON DELETE CASCADE,
      kind TEXT NOT NULL CHECK (kind IN ('must', 'cannot')),
      PRIMARY KEY (a, b),
      CHECK (a < b)
    )${keyed};
    CREATE INDEX link_b ON link (b);

    CREATE TABLE rejection (
      face ${bigint} NOT NULL REFERENCES face ON DELETE CASCADE,
      person ${bigint} NOT NULL REFERENCES person ON DELETE CASCADE,
      PRIMARY KEY (face, person)
    )${keyed};
    CREATE INDEX rejection_person ON rejection (person);

    CREATE TABLE correction (
      id ${lastingId},
      at TEXT NOT NULL,
      correction TEXT NOT NULL,
      person ${bigint},
      steps TEXT NOT NULL
    )${table};

    CREATE TABLE migrated (
      face ${bigint} PRIMARY KEY REFERENCES face ON DELETE CASCADE,
      code ${bytes} NOT NULL,
      vector ${bytes}
    )${table};
    ${own}`,
    `CREATE TABLE forgotten (hash ${text} PRIMARY KEY)${keyed}`,
    // Lets counts of people use the index alone.
    "CREATE INDEX face_person_photograph ON face (person, photograph)",
    // Migration to another detector: new positions of known faces, and new faces by photograph.
    `
    ALTER TABLE migrated ADD COLUMN place TEXT;
    CREATE TABLE migrated_photograph (
      photograph ${bigint} PRIMARY KEY REFERENCES photograph ON DELETE CASCADE,
      found TEXT NOT NULL
    )${table};`,
    // Photographs and corrections are kept after their files are gone.
    `
    ALTER TABLE photograph ADD COLUMN pixels ${text};
    ALTER TABLE photograph ADD COLUMN last_path ${text};
    ALTER TABLE photograph ADD COLUMN sought ${bigint} NOT NULL DEFAULT 0;
    CREATE INDEX photograph_pixels ON photograph (pixels);
    ALTER TABLE file ADD COLUMN hash ${text};
    CREATE INDEX file_hash ON file (hash);
    ALTER TABLE face ADD COLUMN drawn ${smallint} NOT NULL DEFAULT 0;
    ALTER TABLE face ADD COLUMN embedded ${smallint} NOT NULL DEFAULT 1;
    ALTER TABLE face ADD COLUMN ignored ${smallint} NOT NULL DEFAULT 0;`,
    // Detection limits of each photograph; before, the defaults.
    `
    ALTER TABLE photograph ADD COLUMN min_face_size ${real} NOT NULL DEFAULT 40;
    ALTER TABLE photograph ADD COLUMN min_confidence ${real} NOT NULL DEFAULT 0.65;`,
    // Journal of every change to people; hidden people, chosen covers and undecided questions.
    `
    ALTER TABLE correction ADD COLUMN author TEXT;
    ALTER TABLE correction ADD COLUMN undone ${smallint} NOT NULL DEFAULT 0;
    ALTER TABLE correction ADD COLUMN head ${bigint};
    ALTER TABLE person ADD COLUMN hidden ${smallint} NOT NULL DEFAULT 0;
    ALTER TABLE person ADD COLUMN cover ${bigint} REFERENCES face ON DELETE SET NULL;
    CREATE INDEX person_cover ON person (cover);
    CREATE TABLE undecided (
      person ${bigint} NOT NULL REFERENCES person ON DELETE CASCADE,
      face ${bigint} REFERENCES face ON DELETE CASCADE,
      other ${bigint} REFERENCES person ON DELETE CASCADE,
      faces ${bigint} NOT NULL,
      CHECK ((face IS NULL) <> (other IS NULL))
    )${table};
    CREATE UNIQUE INDEX undecided_face ON undecided (face, person);
    CREATE UNIQUE INDEX undecided_other ON undecided (other, person);
    CREATE INDEX undecided_person ON undecided (person);`,
    // Messages no longer begin with the path, which stands beside them.
    `
    UPDATE file SET error_message = substr(error_message, length(path) + 3)
    WHERE substr(error_message, 1, length(path) + 2) = path || ': ';`,
  ];
}

export const sqliteMigrations: readonly string[] = migrations({
  id: "INTEGER PRIMARY KEY",
  lastingId: "INTEGER PRIMARY KEY AUTOINCREMENT",
  ...{ bigint: "INTEGER", integer: "INTEGER", smallint: "INTEGER", real: "REAL", bytes: "BLOB", text: "TEXT" },
  table: " STRICT",
  keyed: " STRICT, WITHOUT ROWID",
  own: "",
});

const IDENTITY = "bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY";

export const postgresMigrations: readonly string[] = migrations({
  id: IDENTITY,
  lastingId: IDENTITY,
  ...{ bigint: "bigint", integer: "integer", smallint: "smallint", real: "double precision", bytes: "bytea" },
  text: 'text COLLATE "C"',
  table: "",
  keyed: "",
  own: `
    -- Number of writes, in several rows so that writers do not wait for each other.
    CREATE TABLE write_count (slot integer PRIMARY KEY, writes bigint NOT NULL);`,
});
