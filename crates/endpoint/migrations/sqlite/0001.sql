CREATE TABLE organisation (
    id BLOB PRIMARY KEY NOT NULL,
    head_seq INTEGER NOT NULL,
    head_hash BLOB NOT NULL,
    -- Number of the last record: the roster is as old as this.
    recorded INTEGER NOT NULL,
    -- What entries, contents and parcels weigh.
    bytes INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE roster (
    organisation BLOB PRIMARY KEY NOT NULL,
    body BLOB NOT NULL
) STRICT;

CREATE TABLE entry (
    organisation BLOB NOT NULL,
    seq INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (organisation, seq)
) STRICT;

-- A snapshot or an attachment; its bytes are in parts, in the order in which they came.
CREATE TABLE content (
    organisation BLOB NOT NULL,
    kind INTEGER NOT NULL,
    hash BLOB NOT NULL,
    size INTEGER NOT NULL,
    received INTEGER NOT NULL,
    whole INTEGER NOT NULL,
    began INTEGER NOT NULL,
    PRIMARY KEY (organisation, kind, hash)
) STRICT, WITHOUT ROWID;

CREATE TABLE part (
    organisation BLOB NOT NULL,
    kind INTEGER NOT NULL,
    hash BLOB NOT NULL,
    start INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (organisation, kind, hash, start)
) STRICT;

CREATE TABLE parcel (
    organisation BLOB NOT NULL,
    key BLOB NOT NULL,
    body BLOB NOT NULL,
    -- The device that took it.
    device BLOB,
    PRIMARY KEY (organisation, key)
) STRICT, WITHOUT ROWID;
