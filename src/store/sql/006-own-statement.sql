-- What this organisation itself says about products and flaws: entries end, or are replaced, and are never deleted.
CREATE TABLE own_statement (
  number        INTEGER PRIMARY KEY AUTOINCREMENT,
  vulnerability TEXT NOT NULL,
  product       TEXT NOT NULL,
  subcomponent  TEXT NOT NULL,
  state         INTEGER NOT NULL,
  justification TEXT NOT NULL,
  reason        TEXT NOT NULL,
  who           TEXT NOT NULL,
  at            INTEGER NOT NULL,
  until         INTEGER NOT NULL,
  ended_at      INTEGER NOT NULL,
  ended_by      TEXT NOT NULL,
  ended_reason  TEXT NOT NULL
);
CREATE INDEX own_statement_about ON own_statement (vulnerability, product, subcomponent);
