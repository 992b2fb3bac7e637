//! PostgreSQL: for many organisations at one endpoint. Tables are partitioned by the hash of the organisation.

use super::postgres_contents as contents;
use super::{
    Append, Appended, Kind, Name, Part, Result, Standing, Storage, StorageError, Taken, fixed, signed,
    unsigned,
};
use async_trait::async_trait;
use bytes::Bytes;
use deadpool_postgres::{
    Manager, ManagerConfig, Object, Pool, RecyclingMethod, Runtime, Timeouts, Transaction,
};
use kiulu_wire::api::ContentIs;
use kiulu_wire::{EntryHash, Head, KeyHash, OrganisationId, PublicKey};
use std::time::Duration;
use tokio_postgres::NoTls;

/// Each file makes the database one version newer.
const MIGRATIONS: &[&str] = &[include_str!("../../migrations/postgres/0001.sql")];
/// Lets one endpoint at a time migrate ("KiEp").
const LOCK: i64 = 0x4b69_4570;
/// How many entries one question asks for; a page of more bytes asks again.
const PAGE: i64 = 2048;

/// A log database in PostgreSQL.
#[derive(Debug)]
pub struct Postgres {
    pool: Pool,
}

impl Postgres {
    /// Connects and makes or migrates the tables. The connection is not encrypted: the server is reached by a socket or
    /// through a network that is.
    ///
    /// # Errors
    /// [`StorageError::Postgres`] for an address that cannot be read, [`StorageError::Pool`] where nobody answers,
    /// [`StorageError::Newer`].
    pub async fn connect(address: &str, connections: usize) -> Result<Self> {
        let config: tokio_postgres::Config = address.parse()?;
        let manager = Manager::from_config(
            config,
            NoTls,
            ManagerConfig {
                recycling_method: RecyclingMethod::Fast,
            },
        );
        let wait = Some(Duration::from_secs(10));
        let pool = Pool::builder(manager)
            .max_size(connections)
            .runtime(Runtime::Tokio1)
            .timeouts(Timeouts {
                wait,
                create: wait,
                recycle: wait,
            })
            .build()
            .map_err(|_| StorageError::Closed)?;
        migrate(&mut pool.get().await?).await?;
        Ok(Self { pool })
    }

    async fn connection(&self) -> Result<Object> {
        Ok(self.pool.get().await?)
    }
}

async fn migrate(connection: &mut Object) -> Result<()> {
    let known = signed(MIGRATIONS.len() as u64);
    let transaction = connection.transaction().await?;
    transaction
        .execute("SELECT pg_advisory_xact_lock($1)", &[&LOCK])
        .await?;
    transaction
        .batch_execute("CREATE TABLE IF NOT EXISTS migration (number BIGINT PRIMARY KEY NOT NULL)")
        .await?;
    let row = transaction
        .query_one("SELECT coalesce(max(number), 0) FROM migration", &[])
        .await?;
    let found: i64 = row.get(0);
    if found > known {
        return Err(StorageError::Newer { found, known });
    }
    for (number, migration) in (1i64..).zip(MIGRATIONS).skip(usize::try_from(found).unwrap_or(0)) {
        transaction.batch_execute(migration).await?;
        transaction
            .execute("INSERT INTO migration (number) VALUES ($1)", &[&number])
            .await?;
    }
    transaction.commit().await?;
    Ok(())
}

/// Everything of an append but the comparison of the head.
async fn put_append(
    transaction: &Transaction<'_>,
    organisation: OrganisationId,
    append: &Append,
) -> Result<()> {
    let id = &organisation.0[..];
    let seqs: Vec<i64> = (append.after.seq + 1..)
        .map(signed)
        .take(append.entries.len())
        .collect();
    let bodies: Vec<&[u8]> = append.entries.iter().map(Vec::as_slice).collect();
    let insert = transaction
        .prepare_cached(
            "INSERT INTO entry (organisation, seq, body) SELECT $1, * FROM unnest($2::bigint[], $3::bytea[])",
        )
        .await?;
    transaction.execute(&insert, &[&id, &seqs, &bodies]).await?;
    let mut bytes = 0;
    if let Some(roster) = &append.roster {
        let put = "INSERT INTO roster (organisation, body) VALUES ($1, $2)
                   ON CONFLICT (organisation) DO UPDATE SET body = excluded.body";
        transaction.execute(put, &[&id, roster]).await?;
    }
    if !append.void_parcels.is_empty() {
        let keys: Vec<&[u8]> = append.void_parcels.iter().map(|key| &key.0[..]).collect();
        let delete = "DELETE FROM parcel WHERE organisation = $1 AND key = ANY($2)";
        transaction.execute(delete, &[&id, &keys]).await?;
    }
    if let Some((kept, before)) = &append.keep_snapshots {
        bytes -= contents::drop_snapshots(transaction, organisation, kept, *before).await?;
    }
    if let Some(cut) = append.cut {
        let delete = "WITH gone AS (DELETE FROM entry WHERE organisation = $1 AND seq <= $2 RETURNING length(body) AS bytes)
                      SELECT coalesce(sum(bytes), 0)::bigint FROM gone";
        bytes -= transaction
            .query_one(delete, &[&id, &signed(cut)])
            .await?
            .get::<_, i64>(0);
    }
    if bytes != 0 {
        contents::weigh(transaction, organisation, bytes).await?;
    }
    Ok(())
}

/// Moves the head when it is still the one that the writer saw; the row then stays locked until the commit, so that
/// appends to one organisation follow each other.
async fn move_head(
    transaction: &Transaction<'_>,
    organisation: OrganisationId,
    append: &Append,
) -> Result<bool> {
    let bytes: i64 = append.entries.iter().map(|body| signed(body.len() as u64)).sum();
    let update = transaction
        .prepare_cached(
            "UPDATE organisation SET head_seq = $4, head_hash = $5, recorded = $6, bytes = bytes + $7
             WHERE id = $1 AND head_seq = $2 AND head_hash = $3",
        )
        .await?;
    let moved = transaction
        .execute(
            &update,
            &[
                &&organisation.0[..],
                &signed(append.after.seq),
                &&append.after.hash.0[..],
                &signed(append.head.seq),
                &&append.head.hash.0[..],
                &signed(append.recorded),
                &bytes,
            ],
        )
        .await?;
    Ok(moved == 1)
}

/// The same as [`move_head`] and [`put_append`] for what most appends are, in one question and so in one wait for the disk.
async fn append_entries(
    connection: &Object,
    organisation: OrganisationId,
    append: &Append,
) -> Result<Appended> {
    let bodies: Vec<&[u8]> = append.entries.iter().map(Vec::as_slice).collect();
    let bytes: i64 = bodies.iter().map(|body| signed(body.len() as u64)).sum();
    let put = connection
        .prepare_cached(
            "WITH moved AS (
                 UPDATE organisation SET head_seq = $4, head_hash = $5, recorded = $6, bytes = bytes + $7
                 WHERE id = $1 AND head_seq = $2 AND head_hash = $3 RETURNING id
             )
             INSERT INTO entry (organisation, seq, body)
             SELECT moved.id, $2 + batch.place, batch.body
             FROM moved, unnest($8::bytea[]) WITH ORDINALITY AS batch (body, place)",
        )
        .await?;
    let inserted = connection
        .execute(
            &put,
            &[
                &&organisation.0[..],
                &signed(append.after.seq),
                &&append.after.hash.0[..],
                &signed(append.head.seq),
                &&append.head.hash.0[..],
                &signed(append.recorded),
                &bytes,
                &bodies,
            ],
        )
        .await?;
    Ok(if inserted == bodies.len() as u64 {
        Appended::Done
    } else {
        Appended::Moved
    })
}

#[async_trait]
impl Storage for Postgres {
    async fn create(&self, organisation: OrganisationId, first: Append) -> Result<bool> {
        let mut connection = self.connection().await?;
        let transaction = connection.transaction().await?;
        let insert =
            "INSERT INTO organisation (id, head_seq, head_hash, recorded, bytes) VALUES ($1, 0, $2, 0, 0)
                      ON CONFLICT DO NOTHING";
        let id = &organisation.0[..];
        let made = transaction
            .execute(insert, &[&id, &&EntryHash::NONE.0[..]])
            .await?;
        if made == 0 {
            return Ok(false);
        }
        move_head(&transaction, organisation, &first).await?;
        put_append(&transaction, organisation, &first).await?;
        transaction.commit().await?;
        Ok(true)
    }

    async fn standing(&self, organisation: OrganisationId) -> Result<Option<Standing>> {
        let connection = self.connection().await?;
        let select = connection
            .prepare_cached("SELECT head_seq, head_hash, recorded, bytes FROM organisation WHERE id = $1")
            .await?;
        let Some(row) = connection.query_opt(&select, &[&&organisation.0[..]]).await? else {
            return Ok(None);
        };
        Ok(Some(Standing {
            head: Head {
                seq: unsigned(row.get(0)),
                hash: EntryHash(fixed(row.get(1), "head")?),
            },
            recorded: unsigned(row.get(2)),
            bytes: unsigned(row.get(3)),
        }))
    }

    async fn roster(&self, organisation: OrganisationId) -> Result<Option<Vec<u8>>> {
        let connection = self.connection().await?;
        let select = "SELECT body FROM roster WHERE organisation = $1";
        let row = connection.query_opt(select, &[&&organisation.0[..]]).await?;
        Ok(row.map(|row| row.get(0)))
    }

    async fn append(&self, organisation: OrganisationId, append: Append) -> Result<Appended> {
        let mut connection = self.connection().await?;
        if append.only_entries() {
            return append_entries(&connection, organisation, &append).await;
        }
        let transaction = connection.transaction().await?;
        if !move_head(&transaction, organisation, &append).await? {
            return Ok(Appended::Moved);
        }
        put_append(&transaction, organisation, &append).await?;
        transaction.commit().await?;
        Ok(Appended::Done)
    }

    async fn entries(&self, organisation: OrganisationId, after: u64, most: usize) -> Result<Vec<Bytes>> {
        let connection = self.connection().await?;
        // The bytes up to each entry, worked out before any body is read.
        let select = connection
            .prepare_cached(
                "WITH page AS (
                     SELECT seq, sum(length(body)) OVER (ORDER BY seq) AS bytes, row_number() OVER (ORDER BY seq) AS place
                     FROM (SELECT seq, body FROM entry WHERE organisation = $1 AND seq > $2 ORDER BY seq LIMIT $4) AS next
                 )
                 SELECT entry.body FROM page JOIN entry ON entry.organisation = $1 AND entry.seq = page.seq
                 WHERE page.bytes <= $3 OR page.place = 1 ORDER BY entry.seq",
            )
            .await?;
        let most = signed(most as u64);
        let rows = connection
            .query(&select, &[&&organisation.0[..], &signed(after), &most, &PAGE])
            .await?;
        Ok(rows
            .iter()
            .map(|row| Bytes::copy_from_slice(row.get(0)))
            .collect())
    }

    async fn content(&self, organisation: OrganisationId, name: Name) -> Result<Option<ContentIs>> {
        let connection = self.connection().await?;
        contents::state(&connection, organisation, name).await
    }

    async fn put_part(&self, organisation: OrganisationId, name: Name, part: Part) -> Result<ContentIs> {
        let mut connection = self.connection().await?;
        let transaction = connection.transaction().await?;
        let now = contents::put_part(&transaction, organisation, name, &part).await?;
        transaction.commit().await?;
        Ok(now)
    }

    async fn finish(&self, organisation: OrganisationId, name: Name) -> Result<()> {
        let connection = self.connection().await?;
        contents::finish(&connection, organisation, name).await
    }

    async fn remove(&self, organisation: OrganisationId, name: Name) -> Result<bool> {
        let mut connection = self.connection().await?;
        let transaction = connection.transaction().await?;
        let removed = contents::remove(&transaction, organisation, name).await?;
        transaction.commit().await?;
        Ok(removed)
    }

    async fn read(&self, organisation: OrganisationId, name: Name, from: u64, most: usize) -> Result<Bytes> {
        let connection = self.connection().await?;
        contents::read(&connection, organisation, name, from, most).await
    }

    async fn put_parcel(&self, organisation: OrganisationId, key: KeyHash, body: Bytes) -> Result<()> {
        let connection = self.connection().await?;
        let put = "INSERT INTO parcel (organisation, key, body) VALUES ($1, $2, $3)
                   ON CONFLICT (organisation, key) DO UPDATE SET body = excluded.body WHERE parcel.device IS NULL";
        connection
            .execute(put, &[&&organisation.0[..], &&key.0[..], &&body[..]])
            .await?;
        Ok(())
    }

    async fn take_parcel(
        &self,
        organisation: OrganisationId,
        key: KeyHash,
        device: PublicKey,
    ) -> Result<Taken> {
        let connection = self.connection().await?;
        let (organisation, key) = (&organisation.0[..], &key.0[..]);
        let take = "UPDATE parcel SET device = coalesce(device, $3) WHERE organisation = $1 AND key = $2 RETURNING body, device";
        let row = connection
            .query_opt(take, &[&organisation, &key, &&device.0[..]])
            .await?;
        Ok(match row {
            None => Taken::Missing,
            Some(row) if row.get::<_, &[u8]>(1) == device.0 => {
                Taken::Parcel(Bytes::copy_from_slice(row.get(0)))
            }
            Some(_) => Taken::ByAnother,
        })
    }

    async fn parcel_taker(&self, organisation: OrganisationId, key: KeyHash) -> Result<Option<PublicKey>> {
        let connection = self.connection().await?;
        let select = "SELECT device FROM parcel WHERE organisation = $1 AND key = $2";
        let row = connection
            .query_opt(select, &[&&organisation.0[..], &&key.0[..]])
            .await?;
        let device = row.and_then(|row| row.get::<_, Option<Vec<u8>>>(0));
        let device = device.map(|device| fixed(&device, "parcel"));
        Ok(device.transpose()?.map(PublicKey))
    }

    async fn ping(&self) -> Result<()> {
        self.connection().await?.simple_query("SELECT 1").await?;
        Ok(())
    }

    async fn close(&self) {
        self.pool.close();
    }
}

impl Kind {
    /// As it stands in the table.
    pub(super) fn small(self) -> i16 {
        self as i16
    }
}
