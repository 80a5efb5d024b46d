-- The block list: entries end, or are superseded, and are never deleted.
CREATE TABLE block (
  number        INTEGER PRIMARY KEY AUTOINCREMENT,
  what          TEXT NOT NULL,
  exceptions    BLOB NOT NULL,
  reason        TEXT NOT NULL,
  who           TEXT NOT NULL,
  at            INTEGER NOT NULL,
  until         INTEGER NOT NULL,
  ended_at      INTEGER NOT NULL,
  ended_by      TEXT NOT NULL,
  ended_reason  TEXT NOT NULL,
  superseded_by INTEGER NOT NULL
);
CREATE INDEX block_what ON block (what);
INSERT INTO meta (key, value) VALUES ('block version', 1);
