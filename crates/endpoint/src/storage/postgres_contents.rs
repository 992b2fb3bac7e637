//! Snapshots and attachments in PostgreSQL.

use super::{Kind, Name, Part, Result, signed, unsigned};
use bytes::Bytes;
use deadpool_postgres::{GenericClient, Transaction};
use kiulu_wire::api::ContentIs;
use kiulu_wire::{ContentHash, OrganisationId};

pub(super) async fn state(
    client: &impl GenericClient,
    organisation: OrganisationId,
    name: Name,
) -> Result<Option<ContentIs>> {
    let select =
        "SELECT received, size, whole FROM content WHERE organisation = $1 AND kind = $2 AND hash = $3";
    let row = client
        .query_opt(
            select,
            &[&&organisation.0[..], &name.kind.small(), &&name.hash.0[..]],
        )
        .await?;
    Ok(row.map(|row| ContentIs {
        received: unsigned(row.get(0)),
        size: unsigned(row.get(1)),
        whole: row.get(2),
    }))
}

pub(super) async fn put_part(
    transaction: &Transaction<'_>,
    organisation: OrganisationId,
    name: Name,
    part: &Part,
) -> Result<ContentIs> {
    let (id, kind, hash) = (&organisation.0[..], name.kind.small(), &name.hash.0[..]);
    let length = part.body.len() as u64;
    if part.offset == 0 {
        let insert = "INSERT INTO content (organisation, kind, hash, size, received, whole, began)
                      VALUES ($1, $2, $3, $4, 0, FALSE, $5) ON CONFLICT DO NOTHING";
        transaction
            .execute(
                insert,
                &[&id, &kind, &hash, &signed(part.size), &signed(part.now)],
            )
            .await?;
    }
    // Locks the row, so that two uploads of one content follow each other.
    let update = "UPDATE content SET received = received + $4
                  WHERE organisation = $1 AND kind = $2 AND hash = $3
                    AND received = $5 AND size = $6 AND received + $4 <= size AND NOT whole";
    let of: [&(dyn tokio_postgres::types::ToSql + Sync); 6] = [
        &id,
        &kind,
        &hash,
        &signed(length),
        &signed(part.offset),
        &signed(part.size),
    ];
    if transaction.execute(update, &of).await? == 1 && length > 0 {
        let insert = "INSERT INTO part (organisation, kind, hash, start, body) VALUES ($1, $2, $3, $4, $5)";
        transaction
            .execute(
                insert,
                &[&id, &kind, &hash, &signed(part.offset), &&part.body[..]],
            )
            .await?;
        weigh(transaction, organisation, signed(length)).await?;
    }
    let now = state(transaction, organisation, name).await?;
    Ok(now.unwrap_or(ContentIs {
        received: 0,
        size: part.size,
        whole: false,
    }))
}

pub(super) async fn weigh(
    client: &impl GenericClient,
    organisation: OrganisationId,
    bytes: i64,
) -> Result<()> {
    let update = "UPDATE organisation SET bytes = bytes + $2 WHERE id = $1";
    client.execute(update, &[&&organisation.0[..], &bytes]).await?;
    Ok(())
}

pub(super) async fn finish(
    client: &impl GenericClient,
    organisation: OrganisationId,
    name: Name,
) -> Result<()> {
    let update = "UPDATE content SET whole = TRUE WHERE organisation = $1 AND kind = $2 AND hash = $3 AND received = size";
    client
        .execute(
            update,
            &[&&organisation.0[..], &name.kind.small(), &&name.hash.0[..]],
        )
        .await?;
    Ok(())
}

/// Drops the content; gives back the bytes it had, `None` when there was none.
async fn drop_one(
    transaction: &Transaction<'_>,
    organisation: OrganisationId,
    name: Name,
) -> Result<Option<i64>> {
    let (id, kind, hash) = (&organisation.0[..], name.kind.small(), &name.hash.0[..]);
    let delete = "DELETE FROM part WHERE organisation = $1 AND kind = $2 AND hash = $3";
    transaction.execute(delete, &[&id, &kind, &hash]).await?;
    let delete = "DELETE FROM content WHERE organisation = $1 AND kind = $2 AND hash = $3 RETURNING received";
    let row = transaction.query_opt(delete, &[&id, &kind, &hash]).await?;
    Ok(row.map(|row| row.get(0)))
}

pub(super) async fn remove(
    transaction: &Transaction<'_>,
    organisation: OrganisationId,
    name: Name,
) -> Result<bool> {
    let Some(bytes) = drop_one(transaction, organisation, name).await? else {
        return Ok(false);
    };
    weigh(transaction, organisation, -bytes).await?;
    Ok(true)
}

/// Drops every whole snapshot but the kept ones, and uploads that began before the time. Gives back the bytes.
pub(super) async fn drop_snapshots(
    transaction: &Transaction<'_>,
    organisation: OrganisationId,
    kept: &[ContentHash],
    before: u64,
) -> Result<i64> {
    let select = "SELECT hash FROM content WHERE organisation = $1 AND kind = $2 AND (whole OR began < $3)";
    let id = &organisation.0[..];
    let rows = transaction
        .query(select, &[&id, &Kind::Snapshot.small(), &signed(before)])
        .await?;
    let mut bytes = 0;
    for row in rows {
        let hash = ContentHash(super::fixed(row.get(0), "content")?);
        if !kept.contains(&hash) {
            let name = Name {
                kind: Kind::Snapshot,
                hash,
            };
            bytes += drop_one(transaction, organisation, name).await?.unwrap_or(0);
        }
    }
    Ok(bytes)
}

pub(super) async fn read(
    client: &impl GenericClient,
    organisation: OrganisationId,
    name: Name,
    from: u64,
    most: usize,
) -> Result<Bytes> {
    let select = "SELECT substr(body, ($4 - start + 1)::int, $5) FROM part
                  WHERE organisation = $1 AND kind = $2 AND hash = $3 AND start <= $4 ORDER BY start DESC LIMIT 1";
    let most = i32::try_from(most).unwrap_or(i32::MAX);
    let row = client
        .query_opt(
            select,
            &[
                &&organisation.0[..],
                &name.kind.small(),
                &&name.hash.0[..],
                &signed(from),
                &most,
            ],
        )
        .await?;
    Ok(row
        .map(|row| Bytes::copy_from_slice(row.get(0)))
        .unwrap_or_default())
}
