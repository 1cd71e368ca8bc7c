-- The books of every school on this server. Numbers are 64-bit; moments are milliseconds since 1970 UTC.
CREATE TABLE school (
  school     INTEGER PRIMARY KEY,
  added_at   INTEGER NOT NULL
) STRICT;

-- What stands now.
CREATE TABLE record (
  school  INTEGER NOT NULL REFERENCES school,
  kind    TEXT    NOT NULL,
  id      INTEGER NOT NULL,
  version INTEGER NOT NULL,
  body    TEXT    NOT NULL,
  PRIMARY KEY (school, kind, id)
) STRICT, WITHOUT ROWID;

-- Every version that ever stood, and the journal entry that wrote it.
CREATE TABLE record_version (
  school  INTEGER NOT NULL,
  kind    TEXT    NOT NULL,
  id      INTEGER NOT NULL,
  version INTEGER NOT NULL,
  body    TEXT    NOT NULL,
  journal INTEGER NOT NULL,
  PRIMARY KEY (school, kind, id, version)
) STRICT, WITHOUT ROWID;

-- The keys records are found by. `sole` marks keys only one record may have.
CREATE TABLE record_key (
  school INTEGER NOT NULL,
  kind   TEXT    NOT NULL,
  name   TEXT    NOT NULL,
  value  TEXT    NOT NULL,
  id     INTEGER NOT NULL,
  sole   INTEGER NOT NULL,
  PRIMARY KEY (school, kind, name, value, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX record_key_sole ON record_key (school, kind, name, value) WHERE sole = 1;
CREATE INDEX record_key_record ON record_key (school, kind, id);

CREATE TABLE journal (
  school INTEGER NOT NULL REFERENCES school,
  number INTEGER NOT NULL,
  line   TEXT    NOT NULL,
  link   BLOB    NOT NULL,
  PRIMARY KEY (school, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE blob (
  school INTEGER NOT NULL REFERENCES school,
  digest BLOB    NOT NULL,
  bytes  BLOB    NOT NULL,
  PRIMARY KEY (school, digest)
) STRICT;

CREATE TABLE generation (
  school INTEGER NOT NULL REFERENCES school,
  digest BLOB    NOT NULL,
  body   TEXT    NOT NULL,
  taken_at INTEGER NOT NULL,
  serial INTEGER NOT NULL,
  PRIMARY KEY (school, digest)
) STRICT;

CREATE TABLE outbox (
  number  INTEGER PRIMARY KEY AUTOINCREMENT,
  school  INTEGER NOT NULL REFERENCES school,
  mail    TEXT    NOT NULL,
  written_at INTEGER NOT NULL,
  due_at  INTEGER NOT NULL,
  tries   INTEGER NOT NULL DEFAULT 0,
  sent_at INTEGER,
  fault   TEXT
) STRICT;
CREATE INDEX outbox_due ON outbox (school, due_at) WHERE sent_at IS NULL;

CREATE TABLE lease (
  job    TEXT PRIMARY KEY,
  holder TEXT    NOT NULL,
  until  INTEGER NOT NULL
) STRICT;
