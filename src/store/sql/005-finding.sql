-- What advisories say of components, whatever assets have them: by record, as sections of (state, since, components).
-- was: what was said before, while all is judged again.
CREATE TABLE finding (
  id     INTEGER PRIMARY KEY,
  record TEXT NOT NULL UNIQUE,
  said   BLOB NOT NULL,
  was    BLOB NOT NULL
);

-- What a component is to advisories: keyed hash of ecosystem and name; 0: none speaks of its kind.
CREATE TABLE subject (
  key       INTEGER NOT NULL,
  component INTEGER NOT NULL,
  PRIMARY KEY (key, component)
) WITHOUT ROWID;
