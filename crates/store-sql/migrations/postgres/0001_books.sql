-- The books of every school on this server. Numbers are 64-bit; moments are milliseconds since 1970 UTC.
CREATE TABLE school (
  school     BIGINT PRIMARY KEY,
  added_at   BIGINT NOT NULL
);

-- What stands now.
CREATE TABLE record (
  school  BIGINT NOT NULL REFERENCES school,
  kind    TEXT    NOT NULL,
  id      BIGINT NOT NULL,
  version BIGINT NOT NULL,
  body    TEXT    NOT NULL,
  PRIMARY KEY (school, kind, id)
);

-- Every version that ever stood, and the journal entry that wrote it.
CREATE TABLE record_version (
  school  BIGINT NOT NULL,
  kind    TEXT    NOT NULL,
  id      BIGINT NOT NULL,
  version BIGINT NOT NULL,
  body    TEXT    NOT NULL,
  journal BIGINT NOT NULL,
  PRIMARY KEY (school, kind, id, version)
);

-- The keys records are found by. `sole` marks keys only one record may have.
CREATE TABLE record_key (
  school BIGINT NOT NULL,
  kind   TEXT    NOT NULL,
  name   TEXT    NOT NULL,
  value  TEXT    NOT NULL,
  id     BIGINT NOT NULL,
  sole   BIGINT NOT NULL,
  PRIMARY KEY (school, kind, name, value, id)
);
CREATE UNIQUE INDEX record_key_sole ON record_key (school, kind, name, value) WHERE sole = 1;
CREATE INDEX record_key_record ON record_key (school, kind, id);

CREATE TABLE journal (
  school BIGINT NOT NULL REFERENCES school,
  number BIGINT NOT NULL,
  line   TEXT    NOT NULL,
  link   BYTEA    NOT NULL,
  PRIMARY KEY (school, number)
);

CREATE TABLE blob (
  school BIGINT NOT NULL REFERENCES school,
  digest BYTEA    NOT NULL,
  bytes  BYTEA    NOT NULL,
  PRIMARY KEY (school, digest)
);

CREATE TABLE generation (
  school BIGINT NOT NULL REFERENCES school,
  digest BYTEA    NOT NULL,
  body   TEXT    NOT NULL,
  taken_at BIGINT NOT NULL,
  serial BIGINT NOT NULL,
  PRIMARY KEY (school, digest)
);

CREATE TABLE outbox (
  number  BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  school  BIGINT NOT NULL REFERENCES school,
  mail    TEXT    NOT NULL,
  written_at BIGINT NOT NULL,
  due_at  BIGINT NOT NULL,
  tries   BIGINT NOT NULL DEFAULT 0,
  sent_at BIGINT,
  fault   TEXT
);
CREATE INDEX outbox_due ON outbox (school, due_at) WHERE sent_at IS NULL;

CREATE TABLE lease (
  job    TEXT PRIMARY KEY,
  holder TEXT    NOT NULL,
  until  BIGINT NOT NULL
);
