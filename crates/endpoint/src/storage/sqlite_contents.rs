//! Snapshots and attachments in SQLite.

use super::{Kind, Name, Part, Result, signed, unsigned};
use bytes::Bytes;
use kiulu_wire::api::ContentIs;
use kiulu_wire::{ContentHash, OrganisationId};
use rusqlite::{Connection, OptionalExtension, params};

pub(super) fn state(
    connection: &Connection,
    organisation: OrganisationId,
    name: Name,
) -> Result<Option<ContentIs>> {
    let mut select = connection.prepare_cached(
        "SELECT received, size, whole FROM content WHERE organisation = ?1 AND kind = ?2 AND hash = ?3",
    )?;
    let found = select.query_row(params![organisation.0, name.kind.number(), name.hash.0], |row| {
        Ok(ContentIs {
            received: unsigned(row.get(0)?),
            size: unsigned(row.get(1)?),
            whole: row.get(2)?,
        })
    });
    Ok(found.optional()?)
}

pub(super) fn put_part(
    connection: &Connection,
    organisation: OrganisationId,
    name: Name,
    part: &Part,
) -> Result<ContentIs> {
    let (kind, length) = (name.kind.number(), part.body.len() as u64);
    let here = state(connection, organisation, name)?;
    let mut now = here.unwrap_or(ContentIs {
        received: 0,
        size: part.size,
        whole: false,
    });
    let fits = now.received == part.offset && now.size == part.size && part.offset + length <= now.size;
    if !fits || now.whole {
        return Ok(now);
    }
    connection.execute(
        "INSERT INTO content (organisation, kind, hash, size, received, whole, began) VALUES (?1, ?2, ?3, ?4, 0, 0, ?5)
         ON CONFLICT DO NOTHING",
        params![organisation.0, kind, name.hash.0, signed(part.size), signed(part.now)],
    )?;
    if length > 0 {
        connection.execute(
            "INSERT INTO part (organisation, kind, hash, start, body) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![
                organisation.0,
                kind,
                name.hash.0,
                signed(part.offset),
                &part.body[..]
            ],
        )?;
    }
    now.received += length;
    connection.execute(
        "UPDATE content SET received = ?4 WHERE organisation = ?1 AND kind = ?2 AND hash = ?3",
        params![organisation.0, kind, name.hash.0, signed(now.received)],
    )?;
    weigh(connection, organisation, signed(length))?;
    Ok(now)
}

fn weigh(connection: &Connection, organisation: OrganisationId, bytes: i64) -> Result<()> {
    connection.execute(
        "UPDATE organisation SET bytes = bytes + ?2 WHERE id = ?1",
        params![organisation.0, bytes],
    )?;
    Ok(())
}

pub(super) fn finish(connection: &Connection, organisation: OrganisationId, name: Name) -> Result<()> {
    connection.execute(
        "UPDATE content SET whole = 1 WHERE organisation = ?1 AND kind = ?2 AND hash = ?3 AND received = size",
        params![organisation.0, name.kind.number(), name.hash.0],
    )?;
    Ok(())
}

/// Drops the content; gives back the bytes it had, `None` when there was none.
fn drop_one(connection: &Connection, organisation: OrganisationId, name: Name) -> Result<Option<i64>> {
    let of = params![organisation.0, name.kind.number(), name.hash.0];
    connection.execute(
        "DELETE FROM part WHERE organisation = ?1 AND kind = ?2 AND hash = ?3",
        of,
    )?;
    let received = connection.query_row(
        "DELETE FROM content WHERE organisation = ?1 AND kind = ?2 AND hash = ?3 RETURNING received",
        of,
        |row| row.get(0),
    );
    Ok(received.optional()?)
}

pub(super) fn remove(connection: &Connection, organisation: OrganisationId, name: Name) -> Result<bool> {
    let Some(bytes) = drop_one(connection, organisation, name)? else {
        return Ok(false);
    };
    weigh(connection, organisation, -bytes)?;
    Ok(true)
}

/// Drops every whole snapshot but the kept ones, and uploads that began before the time. Gives back the bytes.
pub(super) fn drop_snapshots(
    connection: &Connection,
    organisation: OrganisationId,
    kept: &[ContentHash],
    before: u64,
) -> Result<i64> {
    let mut select = connection.prepare_cached(
        "SELECT hash FROM content WHERE organisation = ?1 AND kind = ?2 AND (whole = 1 OR began < ?3)",
    )?;
    let found = select.query_map(
        params![organisation.0, Kind::Snapshot.number(), signed(before)],
        |row| row.get(0).map(ContentHash),
    )?;
    let found: Vec<ContentHash> = found.collect::<rusqlite::Result<_>>()?;
    let mut bytes = 0;
    for hash in found.into_iter().filter(|hash| !kept.contains(hash)) {
        let name = Name {
            kind: Kind::Snapshot,
            hash,
        };
        bytes += drop_one(connection, organisation, name)?.unwrap_or(0);
    }
    Ok(bytes)
}

pub(super) fn read(
    connection: &Connection,
    organisation: OrganisationId,
    name: Name,
    from: u64,
    most: usize,
) -> Result<Bytes> {
    let mut select = connection.prepare_cached(
        "SELECT substr(body, ?4 - start + 1, ?5) FROM part
         WHERE organisation = ?1 AND kind = ?2 AND hash = ?3 AND start <= ?4 ORDER BY start DESC LIMIT 1",
    )?;
    let found: Option<Vec<u8>> = select
        .query_row(
            params![
                organisation.0,
                name.kind.number(),
                name.hash.0,
                signed(from),
                signed(most as u64)
            ],
            |row| row.get(0),
        )
        .optional()?;
    Ok(found.unwrap_or_default().into())
}
