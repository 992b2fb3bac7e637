//! What both databases promise about their tables.

use crate::world::World;
use kiulu_endpoint::options::Database;

/// Rows of different organisations never share a key, and whoever spreads the tables over machines finds the organisation first in each
/// of them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_table_of_sqlite_is_keyed_by_organisation_first() {
    let world = World::sqlite();
    world.start().await.stop().await;
    let Database::Sqlite(path) = world.database() else {
        unreachable!()
    };
    let connection = rusqlite::Connection::open(path).unwrap();
    let mut select = connection
        .prepare(
            "SELECT tables.name, columns.name FROM sqlite_schema AS tables, pragma_table_info(tables.name) AS columns
             WHERE tables.type = 'table' AND columns.pk = 1 ORDER BY 1",
        )
        .unwrap();
    let keys = select
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap();
    let keys: Vec<(String, String)> = keys.map(Result::unwrap).collect();
    assert_eq!(keys.len(), 6, "{keys:?}");
    for (table, first) in keys {
        let expected = if table == "organisation" {
            "id"
        } else {
            "organisation"
        };
        assert_eq!(first, expected, "{table}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_table_of_postgresql_is_partitioned_by_the_hash_of_the_organisation() {
    let world = World::postgres();
    world.start().await.stop().await;
    let Database::Postgres(address) = world.database() else {
        unreachable!()
    };
    let (client, connection) = tokio_postgres::connect(&address, tokio_postgres::NoTls)
        .await
        .unwrap();
    tokio::spawn(connection);
    let rows = client
        .query(
            "SELECT class.relname::text, pg_get_partkeydef(class.oid),
                    (SELECT count(*) FROM pg_inherits WHERE inhparent = class.oid)
             FROM pg_class AS class WHERE class.relkind = 'p' ORDER BY 1",
            &[],
        )
        .await
        .unwrap();
    let found: Vec<(String, String, i64)> = rows
        .iter()
        .map(|row| (row.get(0), row.get(1), row.get(2)))
        .collect();
    assert_eq!(found.len(), 6, "{found:?}");
    for (table, key, parts) in found {
        let expected = if table == "organisation" {
            "HASH (id)"
        } else {
            "HASH (organisation)"
        };
        assert_eq!((key.as_str(), parts), (expected, 16), "{table}");
    }
}
