//! Snapshots and attachments.

use crate::world::{Laptop, Running, World};
use kiulu_wire::problem::Cause;
use kiulu_wire::*;
use reqwest::{Method, StatusCode};

on_both_databases!(
    an_upload_that_broke_off_is_resumed,
    a_content_that_is_not_what_its_name_says_is_dropped,
    ranges_are_given,
    attachments_are_deleted_by_owners_and_free_their_room,
);

fn content(length: usize) -> Vec<u8> {
    (0..length).map(|place| (place * 7 % 251) as u8).collect()
}

async fn an_upload_that_broke_off_is_resumed(world: &World) {
    let running = world.start().await;
    let owner = Laptop::found(&running.base, 1).await;
    let whole = content(2500);
    let path = format!("/snapshots/{}", ContentHash::of(&whole));
    assert_eq!(
        owner.ask(Method::HEAD, &path, vec![]).await.status,
        StatusCode::NOT_FOUND
    );
    let put = async |from: usize, to: usize| owner.put("snapshots", &whole, from, &whole[from..to]).await;
    assert_eq!(
        put(1000, 2000).await.cause(),
        Cause::ContentOffset { received: 0 }
    );
    let is: api::ContentIs = put(0, 1000).await.ok().json();
    assert_eq!((is.received, is.size, is.whole), (1000, 2500, false));
    // Not whole: not given out, whoever asks.
    assert_eq!(owner.get(&path).await.code(), "content_missing");
    // The answer was lost and the piece comes again; then one too far ahead.
    let is: api::ContentIs = put(0, 1000).await.ok().json();
    assert_eq!(is.received, 1000);
    assert_eq!(
        put(2000, 2500).await.cause(),
        Cause::ContentOffset { received: 1000 }
    );
    let head = owner.ask(Method::HEAD, &path, vec![]).await;
    assert_eq!(head.status, StatusCode::ACCEPTED);
    assert_eq!(
        (
            &head.headers[api::RECEIVED_HEADER],
            &head.headers[api::SIZE_HEADER]
        ),
        (&"1000".parse().unwrap(), &"2500".parse().unwrap())
    );
    put(1000, 2000).await.ok();
    let is: api::ContentIs = put(2000, 2500).await.ok().json();
    assert!(is.whole);
    // And once more, since that answer was lost too.
    let is: api::ContentIs = put(2000, 2500).await.ok().json();
    assert!(is.whole);
    assert_eq!(
        owner.ask(Method::HEAD, &path, vec![]).await.status,
        StatusCode::OK
    );
    assert_eq!(owner.get(&path).await.ok().body, whole);
    running.stop().await;
}

async fn a_content_that_is_not_what_its_name_says_is_dropped(world: &World) {
    let running = world.start().await;
    let owner = Laptop::found(&running.base, 1).await;
    let whole = content(2000);
    let mut other = whole.clone();
    other[1500] ^= 1;
    owner.put("attachments", &whole, 0, &other[..1000]).await.ok();
    let answer = owner.put("attachments", &whole, 1000, &other[1000..]).await;
    assert_eq!(
        (answer.status, answer.code()),
        (StatusCode::UNPROCESSABLE_ENTITY, "content_hash")
    );
    let path = format!("/attachments/{}", ContentHash::of(&whole));
    assert_eq!(owner.get(&path).await.code(), "content_missing");
    owner.put("attachments", &whole, 0, &whole).await.ok();
    assert_eq!(owner.get(&path).await.ok().body, whole);
    // The size is the first piece's.
    let another = content(600);
    let hash = ContentHash::of(&another);
    owner.put("attachments", &another, 0, &another[..100]).await.ok();
    for (bad, part) in [
        ("size=601&offset=100", &another[100..]),
        ("size=600&offset=500", &another[..200]),
        ("size=600", &another[..]),
        ("size=600&offset=100", &[]),
    ] {
        let path = format!("/attachments/{hash}?{bad}");
        assert_eq!(
            owner.ask(Method::PUT, &path, part.to_vec()).await.code(),
            "malformed",
            "{bad}"
        );
    }
    // Nothing is a content too.
    owner.put("attachments", b"", 0, b"").await.ok();
    let path = format!("/attachments/{}", ContentHash::of(b""));
    assert!(owner.get(&path).await.ok().body.is_empty());
    running.stop().await;
}

async fn ranges_are_given(world: &World) {
    let running = world.start().await;
    let owner = Laptop::found(&running.base, 1).await;
    let whole = content(3000);
    for from in (0..3000).step_by(1000) {
        owner
            .put("attachments", &whole, from, &whole[from..from + 1000])
            .await
            .ok();
    }
    let path = format!("/attachments/{}", ContentHash::of(&whole));
    let target = owner.target(&path);
    let range = async |range: &str| {
        let credentials = owner.credentials(&Method::GET, &target, b"", crate::world::now());
        let request = owner.http.get(format!("{}{target}", running.base));
        let request = request
            .header("authorization", credentials.to_string())
            .header("range", range);
        crate::world::Answer::of(request.send().await.unwrap()).await
    };
    for (asked, from, to) in [
        ("bytes=0-0", 0, 1),
        ("bytes=990-1010", 990, 1011),
        ("bytes=500-", 500, 3000),
        ("bytes=2999-9999", 2999, 3000),
    ] {
        let answer = range(asked).await;
        assert_eq!(
            (answer.status, &answer.body[..]),
            (StatusCode::PARTIAL_CONTENT, &whole[from..to]),
            "{asked}"
        );
        assert_eq!(
            answer.headers["content-range"],
            format!("bytes {from}-{}/3000", to - 1)
        );
    }
    for asked in [
        "bytes=3000-",
        "bytes=-5",
        "bytes=5-4",
        "bytes=0-1,4-5",
        "pages=1-2",
    ] {
        assert_eq!(
            range(asked).await.cause(),
            Cause::RangeOutside { size: 3000 },
            "{asked}"
        );
    }
    running.stop().await;
}

async fn attachments_are_deleted_by_owners_and_free_their_room(world: &World) {
    let mut options = world.options();
    options.limits.organisation_bytes = 10_000;
    let running = Running::start(&options).await;
    let mut owner = Laptop::found(&running.base, 1).await;
    let (one, two) = (content(6000), content(6001));
    owner.put("attachments", &one, 0, &one).await.ok();
    let full = Cause::QuotaReached { most: 10_000 };
    assert_eq!(owner.put("attachments", &two, 0, &two).await.cause(), full);
    let answer = owner.send_entries(&[owner.sealed(vec![1; 5000])]).await;
    assert_eq!(
        (answer.status, answer.cause()),
        (StatusCode::INSUFFICIENT_STORAGE, full)
    );
    // What wins room back stays possible: records, and a snapshot.
    owner.record(Record::Erased(vec![1; 5000])).await;
    owner.put("snapshots", &two, 0, &two).await.ok();
    let taken = owner.snapshot(&two);
    owner.record(Record::SnapshotTaken(Box::new(taken.clone()))).await;
    owner.record(Record::LogCut(taken.seq)).await;
    let path = format!("/attachments/{}", ContentHash::of(&one));
    owner.ask(Method::DELETE, &path, vec![]).await.ok();
    assert_eq!(
        owner.ask(Method::DELETE, &path, vec![]).await.code(),
        "content_missing"
    );
    owner.append(Body::Sealed(vec![1; 1000])).await;
    running.stop().await;
}
