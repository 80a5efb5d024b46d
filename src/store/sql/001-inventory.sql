-- Assets, their components and scans. Keys of the big tables lead with the bucket (asset >> 16).
-- Times are seconds since 1970 in UTC; ranks are 0..7, -1 is absent.
CREATE TABLE meta (
  key   TEXT PRIMARY KEY,
  value BLOB NOT NULL
) WITHOUT ROWID;

-- Distinct names of upstreams and packages, so that globs and suggestions read a short table.
CREATE TABLE name (
  id   INTEGER PRIMARY KEY,
  text TEXT NOT NULL UNIQUE
);

-- One row per distinct component. hash: keyed, of all that identifies it; rows are compared, the hash only finds them.
CREATE TABLE component (
  id               INTEGER PRIMARY KEY,
  hash             INTEGER NOT NULL,
  type             TEXT NOT NULL,
  ns               TEXT NOT NULL,
  name             TEXT NOT NULL,
  version          TEXT NOT NULL,
  qualifiers       TEXT NOT NULL,
  source           TEXT NOT NULL,
  source_version   TEXT NOT NULL,
  digest           TEXT NOT NULL,
  upstream_version TEXT NOT NULL,
  upstream         INTEGER NOT NULL, -- name
  label            INTEGER NOT NULL  -- name, as the ecosystem writes it
);
CREATE INDEX component_upstream ON component (upstream);
CREATE INDEX component_label ON component (label, hash);
CREATE INDEX component_digest ON component (digest) WHERE digest <> '';

CREATE TABLE asset (
  id         INTEGER PRIMARY KEY AUTOINCREMENT, -- never used again
  name       TEXT NOT NULL UNIQUE,
  kind       TEXT NOT NULL,
  owner      TEXT NOT NULL,
  tags       BLOB NOT NULL,
  target     TEXT NOT NULL,
  tool       TEXT NOT NULL,
  first_seen INTEGER NOT NULL,
  last_scan  INTEGER NOT NULL,
  profile    INTEGER NOT NULL,
  complete   INTEGER NOT NULL,
  members    INTEGER NOT NULL,
  scan       INTEGER NOT NULL -- the state it is in
);
CREATE INDEX asset_first_seen ON asset (first_seen);
CREATE INDEX asset_last_scan ON asset (last_scan);
CREATE INDEX asset_profile ON asset (profile);
CREATE INDEX asset_incomplete ON asset (id) WHERE complete = 0;

-- Other names (kind 0) and digests (kind 1) that find an asset; until 0: it goes by it now.
CREATE TABLE alias (
  text  TEXT NOT NULL,
  asset INTEGER NOT NULL,
  since INTEGER NOT NULL,
  until INTEGER NOT NULL,
  kind  INTEGER NOT NULL,
  PRIMARY KEY (text, asset, since)
) WITHOUT ROWID;
CREATE INDEX alias_asset ON alias (asset);

-- A row per distinct state; an equal rescan moves until. undo: what the state before said otherwise.
CREATE TABLE scan (
  id       INTEGER PRIMARY KEY AUTOINCREMENT,
  asset    INTEGER NOT NULL,
  since    INTEGER NOT NULL,
  until    INTEGER NOT NULL,
  profile  INTEGER NOT NULL,
  complete INTEGER NOT NULL,
  members  INTEGER NOT NULL,
  added    INTEGER NOT NULL,
  removed  INTEGER NOT NULL,
  target   TEXT NOT NULL,
  tool     TEXT NOT NULL,
  gaps     BLOB NOT NULL,
  layers   BLOB NOT NULL,
  undo     BLOB NOT NULL
);
CREATE INDEX scan_asset ON scan (asset, id);
CREATE INDEX scan_incomplete ON scan (asset) WHERE complete = 0;

-- The present state. seen: keyed hash of what the last scan said; members before detail, so that detail's pages stay unread.
CREATE TABLE bom (
  asset   INTEGER PRIMARY KEY,
  seen    BLOB NOT NULL,
  members BLOB NOT NULL,
  detail  BLOB NOT NULL
);

-- Differences after the first scan.
CREATE TABLE change (
  bucket     INTEGER NOT NULL,
  component  INTEGER NOT NULL,
  asset      INTEGER NOT NULL,
  scan       INTEGER NOT NULL,
  at         INTEGER NOT NULL,
  rank_was   INTEGER NOT NULL,
  rank_is    INTEGER NOT NULL,
  PRIMARY KEY (bucket, component, asset, scan)
) WITHOUT ROWID;
CREATE INDEX change_asset ON change (asset, scan);

-- assets: low 16 bits of n assets: delta varints, or a bitmap of 8192 bytes.
CREATE TABLE posting (
  bucket    INTEGER NOT NULL,
  component INTEGER NOT NULL,
  rank      INTEGER NOT NULL,
  n         INTEGER NOT NULL,
  assets    BLOB NOT NULL,
  PRIMARY KEY (bucket, component, rank)
) WITHOUT ROWID;

-- What the postings do not yet say: they hold an asset's members, less those gained, with those lost.
CREATE TABLE pending (
  asset  INTEGER PRIMARY KEY,
  gained BLOB NOT NULL,
  lost   BLOB NOT NULL
);
