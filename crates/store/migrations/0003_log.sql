-- Local: the last sealed entries of the organisation's log, in case the endpoint is restored from an old backup. `logged` is the last
-- change, by `change.seq`, that the log has with the entry.

CREATE TABLE local_entry(
  seq INTEGER PRIMARY KEY,
  logged INTEGER NOT NULL,
  bytes BLOB NOT NULL
) STRICT;
