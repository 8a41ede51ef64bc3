/** Schema migrations of a gallery file. Released steps are never changed. */
export const migrations: readonly string[] = [
  `
  CREATE TABLE property (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

  CREATE TABLE photograph (
    id INTEGER PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    taken_at TEXT
  ) STRICT;
  CREATE INDEX photograph_taken_at ON photograph (taken_at);

  CREATE TABLE file (
    path TEXT PRIMARY KEY,
    bytes INTEGER NOT NULL,
    modified_ms REAL NOT NULL,
    photograph INTEGER REFERENCES photograph ON DELETE CASCADE,
    error_code TEXT,
    error_message TEXT,
    missing INTEGER NOT NULL DEFAULT 0,
    CHECK ((photograph IS NULL) <> (error_code IS NULL))
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX file_photograph ON file (photograph);

  CREATE TABLE person (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT UNIQUE
  ) STRICT;

  CREATE TABLE face (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    photograph INTEGER NOT NULL REFERENCES photograph ON DELETE CASCADE,
    person INTEGER REFERENCES person ON DELETE SET NULL,
    assigned_by TEXT CHECK (assigned_by IN ('user', 'cluster')),
    code BLOB NOT NULL,
    acceptable INTEGER NOT NULL,
    box TEXT NOT NULL,
    landmarks TEXT NOT NULL,
    quality TEXT NOT NULL,
    vector BLOB
  ) STRICT;
  CREATE INDEX face_photograph ON face (photograph);
  CREATE INDEX face_person ON face (person);

  CREATE TABLE link (
    a INTEGER NOT NULL REFERENCES face ON DELETE CASCADE,
    b INTEGER NOT NULL REFERENCES face ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('must', 'cannot')),
    PRIMARY KEY (a, b),
    CHECK (a < b)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX link_b ON link (b);

  CREATE TABLE rejection (
    face INTEGER NOT NULL REFERENCES face ON DELETE CASCADE,
    person INTEGER NOT NULL REFERENCES person ON DELETE CASCADE,
    PRIMARY KEY (face, person)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX rejection_person ON rejection (person);

  CREATE TABLE correction (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    correction TEXT NOT NULL,
    person INTEGER,
    steps TEXT NOT NULL
  ) STRICT;

  CREATE TABLE migrated (
    face INTEGER PRIMARY KEY REFERENCES face ON DELETE CASCADE,
    code BLOB NOT NULL,
    vector BLOB
  ) STRICT;
  `,
  "CREATE TABLE forgotten (hash TEXT PRIMARY KEY) STRICT, WITHOUT ROWID",
  // Lets counts of people use the index alone.
  "CREATE INDEX face_person_photograph ON face (person, photograph)",
  // Migration to another detector: new positions of known faces, and new faces by photograph.
  `
  ALTER TABLE migrated ADD COLUMN place TEXT;
  CREATE TABLE migrated_photograph (
    photograph INTEGER PRIMARY KEY REFERENCES photograph ON DELETE CASCADE,
    found TEXT NOT NULL
  ) STRICT;
  `,
  // Photographs and corrections are kept after their files are gone.
  `
  ALTER TABLE photograph ADD COLUMN pixels TEXT;
  ALTER TABLE photograph ADD COLUMN last_path TEXT;
  ALTER TABLE photograph ADD COLUMN sought INTEGER NOT NULL DEFAULT 0;
  CREATE INDEX photograph_pixels ON photograph (pixels);
  ALTER TABLE file ADD COLUMN hash TEXT;
  CREATE INDEX file_hash ON file (hash);
  ALTER TABLE face ADD COLUMN drawn INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE face ADD COLUMN embedded INTEGER NOT NULL DEFAULT 1;
  ALTER TABLE face ADD COLUMN ignored INTEGER NOT NULL DEFAULT 0;
  `,
  // Detection limits of each photograph; before, the defaults.
  `
  ALTER TABLE photograph ADD COLUMN min_face_size REAL NOT NULL DEFAULT 40;
  ALTER TABLE photograph ADD COLUMN min_confidence REAL NOT NULL DEFAULT 0.65;
  `,
  // Journal of every change to people; hidden people, chosen covers and undecided questions.
  `
  ALTER TABLE correction ADD COLUMN author TEXT;
  ALTER TABLE correction ADD COLUMN undone INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE correction ADD COLUMN head INTEGER;
  ALTER TABLE person ADD COLUMN hidden INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE person ADD COLUMN cover INTEGER REFERENCES face ON DELETE SET NULL;
  CREATE INDEX person_cover ON person (cover);
  CREATE TABLE undecided (
    person INTEGER NOT NULL REFERENCES person ON DELETE CASCADE,
    face INTEGER REFERENCES face ON DELETE CASCADE,
    other INTEGER REFERENCES person ON DELETE CASCADE,
    faces INTEGER NOT NULL,
    CHECK ((face IS NULL) <> (other IS NULL))
  ) STRICT;
  CREATE UNIQUE INDEX undecided_face ON undecided (face, person);
  CREATE UNIQUE INDEX undecided_other ON undecided (other, person);
  CREATE INDEX undecided_person ON undecided (person);
  `,
];
