//! Appending, reading, being told, cutting.

use crate::world::{Answer, Laptop, World, founding, now};
use futures_util::StreamExt;
use kiulu_wire::invitation::Secret;
use kiulu_wire::problem::Cause;
use kiulu_wire::*;
use reqwest::{Method, StatusCode};
use std::time::Duration;

on_both_databases!(
    what_is_appended_is_read_back,
    founding_twice_is_founding_once,
    of_two_writers_at_one_head_exactly_one_wins,
    an_append_whose_answer_was_lost_is_recognised,
    pages_end_at_their_bytes_and_give_one_entry_at_least,
    devices_are_told_of_every_head_at_once,
    the_endpoint_refuses_what_clients_would_ignore,
    a_log_is_cut_behind_its_snapshot_and_read_on_from_there,
    a_restored_log_is_filled_up_from_what_a_device_has_kept,
    everything_is_there_after_a_restart,
);

async fn what_is_appended_is_read_back(world: &World) {
    let running = world.start().await;
    let mut owner = Laptop::found(&running.base, 1).await;
    let entry = owner.sealed(b"ciphertext".to_vec());
    owner.append(entry.body.clone()).await;
    let read = owner.entries(0).await;
    assert_eq!(read[1], entry);
    assert_eq!(
        Roster::found(&read[0]).unwrap().organisation(),
        owner.organisation()
    );
    let state: api::LogState = owner.get("").await.ok().json();
    assert_eq!((state.head, state.epoch, state.cut), (owner.roster.head(), 1, 0));
    let devices: api::DeviceList = owner.get("/devices").await.ok().json();
    assert_eq!((devices.devices.len(), devices.devices[0].id), (1, owner.id));
    assert_eq!(devices.head, owner.roster.head());
    running.stop().await;
}

async fn founding_twice_is_founding_once(world: &World) {
    let running = world.start().await;
    let mut owner = Laptop::found(&running.base, 1).await;
    owner.append(Body::Sealed(vec![1])).await;
    // The answer was lost, and the founding is sent again.
    Laptop::found(&running.base, 1).await;
    assert_eq!(owner.entries(0).await.len(), 2);
    // Another entry with the same record, which only the founder can have signed, does not replace it.
    let (_, key, entry) = founding(1);
    let other = Entry::signed(
        Header {
            schema: 2,
            ..entry.header
        },
        entry.body,
        &key,
    );
    let url = format!("{}/v1/organisations", running.base);
    let request = owner.http.post(url.clone()).body(other.encode());
    assert_eq!(
        Answer::of(request.send().await.unwrap()).await.code(),
        "not_found"
    );
    let forged = Entry::signed(
        other.header,
        other.body,
        &ed25519_dalek::SigningKey::from_bytes(&[9; 32]),
    );
    for (body, expected) in [
        (forged.encode(), Refused::BadSignature),
        (owner.sealed(vec![]).encode(), Refused::NotFounding),
        (vec![1, 2], Refused::Truncated),
    ] {
        let request = owner.http.post(url.clone()).body(body);
        assert_eq!(
            Answer::of(request.send().await.unwrap()).await.refused(),
            expected
        );
    }
    running.stop().await;
}

async fn of_two_writers_at_one_head_exactly_one_wins(world: &World) {
    const EACH: u64 = 12;
    let running = world.start().await;
    let mut owner = Laptop::found(&running.base, 1).await;
    let editor = owner.join(2, Role::Editor).await;
    let before = owner.roster.head().seq;
    let mut writers = Vec::new();
    for mut laptop in [owner.clone(), editor] {
        writers.push(tokio::spawn(async move {
            let (mut won, mut lost) = (Vec::new(), 0u64);
            while (won.len() as u64) < EACH {
                let entry = laptop.sealed(vec![won.len() as u8]);
                let answer = laptop.send_entries(std::slice::from_ref(&entry)).await;
                if answer.status == StatusCode::OK {
                    laptop.roster.admit(&entry).unwrap();
                    won.push(entry.header.seq);
                } else {
                    let Cause::HeadMoved { head } = answer.cause() else {
                        panic!("{:?}", answer.cause())
                    };
                    assert!(head.seq >= entry.header.seq);
                    lost += 1;
                    laptop.pull().await;
                }
            }
            (won, lost)
        }));
    }
    let (mut won, mut lost) = (Vec::new(), 0);
    for writer in writers {
        let (its, losses) = writer.await.unwrap();
        won.extend(its);
        lost += losses;
    }
    won.sort_unstable();
    assert_eq!(
        won,
        (before + 1..=before + 2 * EACH).collect::<Vec<_>>(),
        "each number was won once"
    );
    owner.pull().await;
    assert_eq!(owner.roster.head().seq, before + 2 * EACH);
    println!("{lost} appends met a head that had moved");
    running.stop().await;
}

async fn an_append_whose_answer_was_lost_is_recognised(world: &World) {
    let running = world.start().await;
    let mut owner = Laptop::found(&running.base, 1).await;
    let one = owner.sealed(vec![1]);
    let mut after = owner.clone();
    after.roster.admit(&one).unwrap();
    let two = after.sealed(vec![2]);
    let batch = [one.clone(), two];
    owner.send_entries(&batch).await.ok();
    let again: api::HeadIs = owner.send_entries(&batch).await.ok().json();
    assert_eq!(again.head.seq, 3);
    // Also when others have appended since.
    owner.pull().await;
    owner.append(Body::Sealed(vec![3])).await;
    let again: api::HeadIs = owner.send_entries(&batch).await.ok().json();
    assert_eq!(again.head.seq, 4);
    assert_eq!(owner.entries(0).await.len(), 4, "nothing is there twice");
    // Other bytes at that number are no repetition.
    let other = Entry::signed(one.header, Body::Sealed(vec![9]), &owner.key);
    let answer = owner.send_entries(&[other]).await;
    assert_eq!(
        answer.cause(),
        Cause::HeadMoved {
            head: owner.roster.head()
        }
    );
    running.stop().await;
}

async fn pages_end_at_their_bytes_and_give_one_entry_at_least(world: &World) {
    let running = world.start().await;
    let mut owner = Laptop::found(&running.base, 1).await;
    for number in 0..10 {
        owner.append(Body::Sealed(vec![number; 1000])).await;
    }
    let page = async |after: u64, bytes: usize| {
        let answer = owner
            .get(&format!("/entries?after={after}&bytes={bytes}"))
            .await
            .ok();
        let head = owner.roster.head();
        assert_eq!(
            answer.headers[api::HEAD_HEADER],
            format!("{}:{}", head.seq, head.hash)
        );
        batch::decode(&answer.body).unwrap().len()
    };
    assert_eq!(page(1, 0).await, 1);
    assert_eq!(page(1, 3500).await, 3);
    assert_eq!(page(1, 1 << 20).await, 10);
    assert_eq!(page(11, 1000).await, 0);
    assert_eq!(page(99, 1000).await, 0);
    // More than is read from the database at a time.
    for _ in 0..3 {
        owner.append(Body::Sealed(vec![1; 400 << 10])).await;
    }
    let all = owner.entries(0).await;
    assert_eq!(
        all.iter().map(|entry| entry.header.seq).collect::<Vec<_>>(),
        (1..=14).collect::<Vec<_>>()
    );
    for bad in ["?after=-1", "?after=x", "?unknown=1", "?bytes="] {
        assert_eq!(
            owner.get(&format!("/entries{bad}")).await.code(),
            "malformed",
            "{bad}"
        );
    }
    running.stop().await;
}

async fn devices_are_told_of_every_head_at_once(world: &World) {
    let running = world.start().await;
    let mut owner = Laptop::found(&running.base, 1).await;
    let editor = owner.join(2, Role::Editor).await;
    let target = owner.target("/live");
    let listen = async |laptop: &Laptop| {
        let credentials = laptop.credentials(&Method::GET, &target, b"", crate::world::now());
        let request = laptop.http.get(format!("{}{target}", running.base));
        let response = request
            .header("authorization", credentials.to_string())
            .send()
            .await
            .unwrap();
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        response.bytes_stream().boxed()
    };
    let (mut to_owner, mut to_editor) = (listen(&owner).await, listen(&editor).await);
    async fn next(
        stream: &mut (impl futures_util::Stream<Item = reqwest::Result<bytes::Bytes>> + Unpin),
    ) -> Option<Head> {
        let event = tokio::time::timeout(Duration::from_secs(10), stream.next())
            .await
            .unwrap();
        let text = String::from_utf8(event?.unwrap().to_vec()).unwrap();
        let data = text.strip_prefix("event: head\ndata: ").unwrap();
        Some(serde_json::from_str::<api::HeadIs>(data.trim()).unwrap().head)
    }
    for _ in 0..3 {
        let head = Some(owner.roster.head());
        assert_eq!(
            (next(&mut to_owner).await, next(&mut to_editor).await),
            (head, head)
        );
        owner.append(Body::Sealed(vec![1])).await;
    }
    let head = Some(owner.roster.head());
    assert_eq!(
        (next(&mut to_owner).await, next(&mut to_editor).await),
        (head, head)
    );
    // Who is revoked hears no more; and when the endpoint stops, nobody does.
    owner.revoke(editor.id).await;
    assert_eq!(next(&mut to_owner).await, Some(owner.roster.head()));
    assert_eq!(next(&mut to_editor).await, None);
    running.stop().await;
    assert_eq!(next(&mut to_owner).await, None);
}

async fn the_endpoint_refuses_what_clients_would_ignore(world: &World) {
    let running = world.start().await;
    let mut owner = Laptop::found(&running.base, 1).await;
    let mut viewer = owner.join(3, Role::Viewer).await;
    let editor = owner.join(2, Role::Editor).await;
    viewer.pull().await;
    let needs = |needs, has| Refused::RoleTooLow { needs, has };

    let answer = viewer.send_entries(&[viewer.sealed(vec![1])]).await;
    assert_eq!(answer.refused(), needs(Role::Editor, Role::Viewer));
    let raised = editor.entry(Body::Record(Record::SchemaRaised(2)));
    assert_eq!(
        editor.send_entries(&[raised]).await.refused(),
        needs(Role::Owner, Role::Editor)
    );
    // A revocation without the epoch that must follow, in which a crash would leave the log closed.
    let alone = owner.entry(Body::Record(Record::Revoked(viewer.id)));
    assert_eq!(owner.send_entries(&[alone]).await.refused(), Refused::EpochNeeded);
    // Of a batch with one bad entry nothing is taken.
    let good = owner.sealed(vec![1]);
    let mut after = owner.clone();
    after.roster.admit(&good).unwrap();
    let mut bad = after.sealed(vec![2]);
    bad.signature = good.signature;
    assert_eq!(
        owner.send_entries(&[good, bad]).await.refused(),
        Refused::BadSignature
    );
    let answer = owner.ask(Method::POST, "/entries", vec![0, 0, 0, 9, 1]).await;
    assert_eq!(answer.cause(), Cause::Malformed { what: "batch".into() });
    assert_eq!(
        owner.ask(Method::POST, "/entries", vec![]).await.code(),
        "malformed"
    );
    let answer = owner
        .ask(Method::POST, "/entries", batch::encode([&[9u8, 9][..]]))
        .await;
    assert_eq!(answer.refused(), Refused::UnknownVersion { version: 9 });
    // What another device has signed may be sent by anybody: so a log is filled up after a restored backup.
    let theirs = editor.sealed(vec![5]);
    viewer.send_entries(&[theirs]).await.ok();
    owner.pull().await;
    assert_eq!(owner.entries(0).await.len() as u64, owner.roster.head().seq);
    running.stop().await;
}

async fn a_log_is_cut_behind_its_snapshot_and_read_on_from_there(world: &World) {
    let running = world.start().await;
    let mut owner = Laptop::found(&running.base, 1).await;
    for number in 0..5 {
        owner.append(Body::Sealed(vec![number; 100])).await;
    }
    let content = b"all tables, sealed".to_vec();
    let taken = owner.snapshot(&content);
    let record = |snapshot: &SnapshotTaken| Body::Record(Record::SnapshotTaken(Box::new(snapshot.clone())));
    // The snapshot must be here, whole and of the right size, and name the entry that it stands for.
    let answer = owner.send_entries(&[owner.entry(record(&taken))]).await;
    assert_eq!(answer.code(), "content_missing");
    owner.put("snapshots", &content, 0, &content).await.ok();
    let elsewhere = SnapshotTaken {
        size: 5,
        ..taken.clone()
    };
    let answer = owner.send_entries(&[owner.entry(record(&elsewhere))]).await;
    assert_eq!(answer.code(), "content_missing");
    owner.append(Body::Sealed(vec![9; 100])).await;
    let elsewhere = SnapshotTaken {
        hash: EntryHash([1; 32]),
        ..taken.clone()
    };
    let answer = owner.send_entries(&[owner.entry(record(&elsewhere))]).await;
    assert_eq!(answer.refused(), Refused::WrongPrevious { seq: taken.seq });

    owner.append(record(&taken)).await;
    owner.record(Record::LogCut(taken.seq)).await;
    let state: api::LogState = owner.get("").await.ok().json();
    let snapshot = state.snapshot.unwrap();
    assert_eq!(
        (state.cut, snapshot.seq, snapshot.content),
        (taken.seq, taken.seq, taken.content)
    );
    let answer = owner.get("/entries?after=0").await;
    assert_eq!(
        (answer.status, answer.cause()),
        (StatusCode::GONE, Cause::LogCut { through: taken.seq })
    );

    // A new device starts from the record of the snapshot, and ends where everybody is.
    let entry = owner.entries(snapshot.entry - 1).await.remove(0);
    let Body::Record(Record::SnapshotTaken(read)) = &entry.body else {
        panic!("{entry:?}")
    };
    let mut fresh = owner.clone();
    fresh.roster = Roster::behind(read);
    fresh.pull().await;
    assert_eq!(fresh.roster, owner.roster);
    let got = owner.get(&format!("/snapshots/{}", taken.content)).await.ok();
    assert_eq!(got.body, content);

    // The next cut drops the snapshot before.
    let next = b"all tables later".to_vec();
    let taken_next = owner.snapshot(&next);
    owner.put("snapshots", &next, 0, &next).await.ok();
    owner.append(record(&taken_next)).await;
    owner.get(&format!("/snapshots/{}", taken.content)).await.ok();
    owner.record(Record::LogCut(taken_next.seq)).await;
    let gone = owner.get(&format!("/snapshots/{}", taken.content)).await;
    assert_eq!(gone.code(), "content_missing");
    owner
        .get(&format!("/snapshots/{}", taken_next.content))
        .await
        .ok();
    running.stop().await;
}

async fn everything_is_there_after_a_restart(world: &World) {
    let running = world.start().await;
    let mut owner = Laptop::found(&running.base, 1).await;
    let mut editor = owner.join(2, Role::Editor).await;
    owner.append(Body::Sealed(vec![1; 50])).await;
    running.stop().await;
    let running = world.start().await;
    for laptop in [&mut owner, &mut editor] {
        laptop.base = running.base.clone();
        laptop.pull().await;
    }
    editor.append(Body::Sealed(vec![2])).await;
    owner.pull().await;
    assert_eq!(owner.roster, editor.roster);
    running.stop().await;
}

/// The endpoint comes back without the last entries, among them a snapshot and a cut.
async fn a_restored_log_is_filled_up_from_what_a_device_has_kept(world: &World) {
    let running = world.start().await;
    let mut owner = Laptop::found(&running.base, 1).await;
    let editor = owner.join(2, Role::Editor).await;
    owner.append(Body::Sealed(vec![1])).await;
    let secret = Secret::new([30; 16]);
    owner.invite(&secret, Role::Viewer, now()).await;
    // What a device has kept of a log that this endpoint never saw. The invitation has ended since somebody joined by it.
    let mut ahead = owner.clone();
    let joined = owner.other(7).joining(&secret, Role::Viewer);
    ahead.roster.admit(&joined).unwrap();
    let content = b"lost with the disk".to_vec();
    let taken = ahead.snapshot(&content);
    let mut kept = vec![joined];
    for body in [
        Body::Record(Record::SnapshotTaken(Box::new(taken.clone()))),
        Body::Record(Record::LogCut(taken.seq)),
        Body::Sealed(vec![2]),
    ] {
        let entry = ahead.entry(body);
        ahead.roster.admit(&entry).unwrap();
        kept.push(entry);
    }
    assert_eq!(editor.send_entries(&kept).await.code(), "entry_refused");
    let encoded: Vec<Vec<u8>> = kept.iter().map(Entry::encode).collect();
    let batch = batch::encode(encoded.iter().map(Vec::as_slice));
    editor.ask(Method::POST, "/entries?refill=true", batch).await.ok();
    let state: api::LogState = owner.get("").await.ok().json();
    assert_eq!((state.head, state.cut), (ahead.roster.head(), taken.seq));
    // The snapshot is not here; an owner lays a new one, and only behind that the log is cut.
    let missing = ahead.get(&format!("/snapshots/{}", taken.content)).await;
    assert_eq!(missing.code(), "content_missing");
    let cut = ahead.entry(Body::Record(Record::LogCut(taken.seq)));
    assert_eq!(ahead.send_entries(&[cut]).await.code(), "content_missing");
    let fresh = ahead.snapshot(&content);
    ahead.put("snapshots", &content, 0, &content).await.ok();
    ahead.record(Record::SnapshotTaken(Box::new(fresh.clone()))).await;
    ahead.record(Record::LogCut(fresh.seq)).await;
    running.stop().await;
}
