CREATE TABLE organisation (
    id BYTEA PRIMARY KEY NOT NULL,
    head_seq BIGINT NOT NULL,
    head_hash BYTEA NOT NULL,
    -- Number of the last record: the roster is as old as this.
    recorded BIGINT NOT NULL,
    -- What entries, contents and parcels weigh.
    bytes BIGINT NOT NULL
) PARTITION BY HASH (id);

CREATE TABLE roster (
    organisation BYTEA PRIMARY KEY NOT NULL,
    body BYTEA NOT NULL
) PARTITION BY HASH (organisation);

CREATE TABLE entry (
    organisation BYTEA NOT NULL,
    seq BIGINT NOT NULL,
    body BYTEA NOT NULL,
    PRIMARY KEY (organisation, seq)
) PARTITION BY HASH (organisation);

-- A snapshot or an attachment; its bytes are in parts, in the order in which they came.
CREATE TABLE content (
    organisation BYTEA NOT NULL,
    kind SMALLINT NOT NULL,
    hash BYTEA NOT NULL,
    size BIGINT NOT NULL,
    received BIGINT NOT NULL,
    whole BOOLEAN NOT NULL,
    began BIGINT NOT NULL,
    PRIMARY KEY (organisation, kind, hash)
) PARTITION BY HASH (organisation);

CREATE TABLE part (
    organisation BYTEA NOT NULL,
    kind SMALLINT NOT NULL,
    hash BYTEA NOT NULL,
    start BIGINT NOT NULL,
    body BYTEA NOT NULL,
    PRIMARY KEY (organisation, kind, hash, start)
) PARTITION BY HASH (organisation);

CREATE TABLE parcel (
    organisation BYTEA NOT NULL,
    key BYTEA NOT NULL,
    body BYTEA NOT NULL,
    -- The device that took it.
    device BYTEA,
    PRIMARY KEY (organisation, key)
) PARTITION BY HASH (organisation);

-- Ciphertext does not compress: storing it as it is spares the attempt.
ALTER TABLE entry ALTER COLUMN body SET STORAGE EXTERNAL;
ALTER TABLE part ALTER COLUMN body SET STORAGE EXTERNAL;

-- Sixteen partitions by the hash of the organisation. They can be moved to other tablespaces or servers one by one.
DO $$
BEGIN
    FOR i IN 0..15 LOOP
        EXECUTE format('CREATE TABLE organisation_%s PARTITION OF organisation FOR VALUES WITH (MODULUS 16, REMAINDER %s)', i, i);
        EXECUTE format('CREATE TABLE roster_%s PARTITION OF roster FOR VALUES WITH (MODULUS 16, REMAINDER %s)', i, i);
        EXECUTE format('CREATE TABLE entry_%s PARTITION OF entry FOR VALUES WITH (MODULUS 16, REMAINDER %s)', i, i);
        EXECUTE format('CREATE TABLE content_%s PARTITION OF content FOR VALUES WITH (MODULUS 16, REMAINDER %s)', i, i);
        EXECUTE format('CREATE TABLE part_%s PARTITION OF part FOR VALUES WITH (MODULUS 16, REMAINDER %s)', i, i);
        EXECUTE format('CREATE TABLE parcel_%s PARTITION OF parcel FOR VALUES WITH (MODULUS 16, REMAINDER %s)', i, i);
    END LOOP;
END $$;
