-- Counting what is pending, after every scan, shall not read the notes.
CREATE INDEX pending_asset ON pending (asset);
