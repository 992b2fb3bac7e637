//! Attachments: sealed beside the register, sent and fetched in pieces, opened only as what they were.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use common::{Endpoint, Laptop, Seeded, founder, joins};
use kiulu_sync::{AttachmentRef, Content, SyncError};
use kiulu_wire::Role;
use kiulu_wire::problem::Cause;

/// A file of so many bytes that no compressor makes small.
fn file(bytes: usize) -> Vec<u8> {
    let mut random = Seeded(bytes as u64);
    std::iter::repeat_with(|| random.below(256) as u8)
        .take(bytes)
        .collect()
}

fn read(laptop: &Laptop, of: &AttachmentRef) -> Result<Vec<u8>, SyncError> {
    let mut bytes = Vec::new();
    let replica = laptop.replica.as_ref().unwrap();
    replica.read_attachment(of, &mut bytes).map(|()| bytes)
}

fn two() -> (Endpoint, Laptop, Laptop) {
    let mut endpoint = Endpoint::default();
    let mut aino = founder(&mut endpoint);
    let eero = joins(2, Role::Editor, &mut aino, &mut endpoint);
    (endpoint, aino, eero)
}

#[test]
fn a_file_comes_to_the_other_laptop_in_pieces_over_a_line_that_breaks() {
    let (mut endpoint, mut aino, mut eero) = two();
    for size in [0, 1, 1 << 20, (3 << 20) + 7] {
        let plain = file(size);
        let of = aino.replica().attach(&mut &*plain).unwrap();
        assert_eq!(of.size, size as u64);
        assert_eq!(
            read(&aino, &of).unwrap(),
            plain,
            "it is readable before it was sent"
        );
        assert_eq!(aino.replica().waiting_attachments().unwrap(), [of.hash]);
        let of: AttachmentRef = serde_json::from_value(serde_json::to_value(&of).unwrap()).unwrap();
        let missing = eero.replica().fetch_attachment(&mut endpoint, &of);
        assert!(
            matches!(
                missing,
                Err(SyncError::Endpoint {
                    cause: Cause::ContentMissing
                })
            ),
            "{missing:?}"
        );
        assert!(
            matches!(read(&eero, &of), Err(SyncError::AttachmentMissing { content }) if content == of.hash)
        );
        let (mut sent, mut broken) = (0, 0);
        while sent == 0 {
            endpoint.pieces_left = Some(1);
            match aino.replica().send_attachments(&mut endpoint) {
                Ok(count) => sent = count,
                Err(SyncError::Unreachable) => broken += 1,
                Err(error) => panic!("{error}"),
            }
            aino.crash();
        }
        assert_eq!(broken, size >> 20, "one piece at a time");
        assert_eq!(aino.replica().send_attachments(&mut endpoint).unwrap(), 0);
        loop {
            endpoint.pieces_left = Some(1);
            match eero.replica().fetch_attachment(&mut endpoint, &of) {
                Ok(()) => break,
                Err(SyncError::Unreachable) => {}
                Err(error) => panic!("{error}"),
            }
            eero.crash();
        }
        endpoint.pieces_left = None;
        assert_eq!(read(&eero, &of).unwrap(), plain);
        assert_eq!(read(&aino, &of).unwrap(), plain);
        // It is here: nobody is asked again.
        endpoint.pieces_left = Some(0);
        eero.replica().fetch_attachment(&mut endpoint, &of).unwrap();
        endpoint.pieces_left = None;
    }
}

#[test]
fn a_flipped_bit_is_refused_by_name_at_the_endpoint_and_on_the_disk() {
    let (mut endpoint, mut aino, mut eero) = two();
    let plain = file(2 << 20);
    let of = aino.replica().attach(&mut &*plain).unwrap();
    aino.replica().send_attachments(&mut endpoint).unwrap();
    let whole = endpoint.contents[0].bytes.clone();
    for at in [0, 24, 1 << 20, whole.len() - 1] {
        endpoint.contents[0].bytes[at] ^= 0x10;
        let error = eero.replica().fetch_attachment(&mut endpoint, &of).unwrap_err();
        assert!(
            matches!(error, SyncError::ContentDiffers { content } if content == of.hash),
            "{error}"
        );
        endpoint.contents[0].bytes.clone_from(&whole);
    }
    eero.replica().fetch_attachment(&mut endpoint, &of).unwrap();
    let mut name = eero.store().path().as_os_str().to_owned();
    name.push("-attachments");
    let path = std::path::Path::new(&name).join(of.hash.to_string());
    assert_eq!(std::fs::read(&path).unwrap(), whole);
    for at in [0, 24, 1 << 20, whole.len() - 1] {
        let mut flipped = whole.clone();
        flipped[at] ^= 0x10;
        for bytes in [&flipped[..], &whole[..at]] {
            std::fs::write(&path, bytes).unwrap();
            let error = read(&eero, &of).unwrap_err();
            assert!(
                matches!(error, SyncError::AttachmentNotOpened { content, .. } if content == of.hash),
                "{error}"
            );
        }
    }
    let other = aino.replica().attach(&mut &b"another"[..]).unwrap();
    std::fs::write(&path, &whole).unwrap();
    let mixed = AttachmentRef {
        key: other.key,
        ..of.clone()
    };
    assert!(matches!(
        read(&eero, &mixed),
        Err(SyncError::AttachmentNotOpened { .. })
    ));
    assert_eq!(read(&eero, &of).unwrap(), plain);
}

#[test]
fn nothing_readable_lies_on_the_disk_or_at_the_endpoint_and_two_of_a_kind_look_different() {
    let (mut endpoint, mut aino, _) = two();
    let plain = "Salainen liite. ".repeat(1000);
    let one = aino.replica().attach(&mut plain.as_bytes()).unwrap();
    let two = aino.replica().attach(&mut plain.as_bytes()).unwrap();
    assert_ne!(one.hash, two.hash);
    aino.replica().send_attachments(&mut endpoint).unwrap();
    for stored in &endpoint.contents {
        let there = stored.bytes.windows(8).any(|bytes| bytes == b"Salainen");
        assert!(!there);
    }
    assert!(!format!("{one:?}").contains(&serde_json::to_string(&one.key).unwrap()[1..20]));
}

#[test]
fn what_no_row_refers_to_is_dropped_here_and_at_the_endpoint() {
    let (mut endpoint, mut aino, mut eero) = two();
    let of = aino.replica().attach(&mut &b"liite"[..]).unwrap();
    aino.replica().send_attachments(&mut endpoint).unwrap();
    let error = eero
        .replica()
        .remove_attachment(&mut endpoint, of.hash)
        .unwrap_err();
    assert!(
        matches!(
            error,
            SyncError::Endpoint {
                cause: Cause::RoleTooLow
            }
        ),
        "{error}"
    );
    for _ in 0..2 {
        aino.replica().remove_attachment(&mut endpoint, of.hash).unwrap();
    }
    assert!(
        endpoint
            .contents
            .iter()
            .all(|stored| stored.content != Content::Attachment(of.hash))
    );
    assert!(matches!(
        read(&aino, &of),
        Err(SyncError::AttachmentMissing { .. })
    ));
}

#[test]
fn who_may_only_read_fetches_and_sends_nothing() {
    let (mut endpoint, mut aino, _) = two();
    let mut viewer = joins(3, Role::Viewer, &mut aino, &mut endpoint);
    let of = aino.replica().attach(&mut &b"liite"[..]).unwrap();
    aino.replica().send_attachments(&mut endpoint).unwrap();
    viewer.replica().fetch_attachment(&mut endpoint, &of).unwrap();
    assert_eq!(read(&viewer, &of).unwrap(), b"liite");
    viewer.replica().attach(&mut &b"oma"[..]).unwrap();
    let error = viewer.replica().send_attachments(&mut endpoint).unwrap_err();
    assert!(
        matches!(
            error,
            SyncError::Endpoint {
                cause: Cause::RoleTooLow
            }
        ),
        "{error}"
    );
}
