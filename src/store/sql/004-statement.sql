-- What others say about products and flaws, by the feed it came from; replaced source by source.
CREATE TABLE statement (
  id            INTEGER PRIMARY KEY,
  source        TEXT NOT NULL,
  vulnerability TEXT NOT NULL,
  product       TEXT NOT NULL,
  subcomponent  TEXT NOT NULL,
  state         INTEGER NOT NULL,
  justification TEXT NOT NULL,
  impact        TEXT NOT NULL,
  action        TEXT NOT NULL,
  author        TEXT NOT NULL,
  at            INTEGER NOT NULL,
  document      TEXT NOT NULL,
  imported_at   INTEGER NOT NULL
);
CREATE INDEX statement_source ON statement (source, imported_at);
